import { edge } from './_edge.ts';

export default edge('edge-1', '10.0.0.1');
