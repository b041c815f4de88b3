import { Refusal } from '../answer.ts';
import { ok, type Routes } from '../call.ts';
import { user } from '../represent.ts';

export const account: Routes = {
  'users/get-authenticated': {
    needs: [],
    anywhere: true,
    handle({ token }) {
      // An App is nobody in particular.
      if (token.kind !== 'user') throw new Refusal(403, 'Resource not accessible by integration');
      return ok({ ...user(token.login), name: token.login });
    },
  },
  'apps/get-authenticated': {
    needs: [],
    anywhere: true,
    handle() {
      throw new Refusal(401, 'A JSON web token could not be decoded');
    },
  },
};
