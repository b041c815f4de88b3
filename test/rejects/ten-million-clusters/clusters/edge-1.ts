export default Array.from({ length: 10_000_000 }, (_, i) => ({ name: `edge-${i}` }));
