import { notFound, Refusal, validationFailed } from '../answer.ts';
import { type Call, created, listed, nothing, ok, type Routes } from '../call.ts';
import { characters } from '../characters.ts';
import { comment as shownComment, label as shownLabel, pull as shownPull } from '../represent.ts';
import { type Comment, type Label, nextId, type Pull, timeOf, type World } from '../world.ts';
import { pullOf } from './pulls.ts';

// To GitHub a pull request is an issue too. There are no other issues here.
const reads = [{ issues: 'read' }, { pull_requests: 'read' }] as const;
const writes = [{ issues: 'write' }, { pull_requests: 'write' }] as const;
const bodyLimit = 65_536;

export const issues: Routes = {
  'issues/list-labels-for-repo': {
    needs: reads,
    handle: (call) => listed(call, call.world.records.labels, (label) => shownLabel(call.world, label)),
  },
  'issues/get-label': {
    needs: reads,
    handle({ world, params }) {
      const found = labelNamed(world, params.name ?? '');
      if (found === undefined) throw notFound();
      return ok(shownLabel(world, found));
    },
  },
  'issues/create-label': {
    needs: writes,
    handle(call) {
      const { world } = call;
      const { name, color, description } = call.body as { readonly name: string; readonly color?: string; readonly description?: string };
      if (!mayCreateLabels(call)) throw new Refusal(403, 'You do not have permission to create labels on this repository.');
      if (labelNamed(world, name) !== undefined) throw validationFailed({ resource: 'Label', code: 'already_exists', field: 'name' });
      if ((description ?? '').length > 100)
        throw validationFailed({
          resource: 'Label',
          code: 'custom',
          field: 'description',
          message: 'description is too long (maximum is 100 characters)',
        });
      if (color !== undefined && !/^[0-9a-f]{6}$/i.test(color))
        throw validationFailed({ resource: 'Label', code: 'invalid', field: 'color' });
      return created(shownLabel(world, addLabel(world, name, color, description)));
    },
  },
  'issues/list-labels-on-issue': {
    needs: reads,
    handle: (call) => listed(call, labelsOf(call.world, pullOf(call)), (label) => shownLabel(call.world, label)),
  },
  'issues/add-labels': {
    needs: writes,
    handle(call) {
      const pull = pullOf(call);
      setLabels(call, pull, [...pull.labels, ...namesIn(call.body)]);
      return listed(call, labelsOf(call.world, pull), (label) => shownLabel(call.world, label));
    },
  },
  'issues/set-labels': {
    needs: writes,
    handle(call) {
      const pull = pullOf(call);
      setLabels(call, pull, namesIn(call.body));
      return listed(call, labelsOf(call.world, pull), (label) => shownLabel(call.world, label));
    },
  },
  'issues/remove-label': {
    needs: writes,
    handle(call) {
      const pull = pullOf(call);
      const { name = '' } = call.params;
      if (!pull.labels.some((one) => same(one, name))) throw new Refusal(404, 'Label does not exist');
      pull.labels = pull.labels.filter((one) => !same(one, name));
      pull.updatedAt = timeOf(call.world);
      return listed(call, labelsOf(call.world, pull), (label) => shownLabel(call.world, label));
    },
  },
  'issues/add-assignees': {
    needs: writes,
    handle(call) {
      const pull = pullOf(call);
      const { assignees = [] } = call.body as { readonly assignees?: readonly string[] };
      // Whoever cannot be assigned is left out without a word.
      pull.assignees = [
        ...new Set([...pull.assignees, ...assignees.filter((login) => call.world.settings.collaborators.includes(login))]),
      ].slice(0, 10);
      return created({ ...shownPull(call.world, pull), comments: 0, repository_url: 'https://api.github.com/' });
    },
  },
  'issues/list-comments': {
    needs: reads,
    handle(call) {
      const { number } = pullOf(call);
      return listed(
        call,
        call.world.records.comments.filter(({ pull }) => pull === number),
        (comment) => shownComment(call.world, comment),
      );
    },
  },
  'issues/get-comment': { needs: reads, handle: (call) => ok(shownComment(call.world, commentOf(call))) },
  'issues/create-comment': {
    needs: writes,
    handle(call) {
      const { number } = pullOf(call);
      const { body } = call.body as { readonly body: string };
      return created(shownComment(call.world, addComment(call.world, number, body, call.token.login)));
    },
  },
  'issues/update-comment': {
    needs: writes,
    handle(call) {
      const comment = commentOf(call);
      const { body } = call.body as { readonly body: string };
      refuseBody(body);
      comment.body = body;
      comment.updatedAt = timeOf(call.world);
      return ok(shownComment(call.world, comment));
    },
  },
  'issues/delete-comment': {
    needs: writes,
    handle(call) {
      const { comments } = call.world.records;
      comments.splice(comments.indexOf(commentOf(call)), 1);
      return nothing;
    },
  },
};

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
const labelNamed = ({ records }: World, name: string): Label | undefined => records.labels.find((label) => same(label.name, name));
const labelsOf = (world: World, pull: Pull): readonly Label[] => pull.labels.flatMap((name) => labelNamed(world, name) ?? []);
const mayCreateLabels = ({ token }: Call): boolean => token.permissions.issues === 'write';

/** New ones are grey unless somebody says otherwise. */
export function addLabel(world: World, name: string, color = 'ededed', description: string | null = null): Label {
  const label = { id: nextId(world), name, color, description };
  world.records.labels.push(label);
  return label;
}

function namesIn(body: unknown): readonly string[] {
  const { labels = [] } = (body ?? {}) as { readonly labels?: readonly (string | { readonly name: string })[] };
  return labels.map((label) => (typeof label === 'string' ? label : label.name));
}

function setLabels(call: Call, pull: Pull, names: readonly string[]): void {
  const unknown = names.filter((name) => labelNamed(call.world, name) === undefined);
  if (unknown.length > 0 && !mayCreateLabels(call))
    throw new Refusal(403, 'You do not have permission to create labels on this repository.', [
      { resource: 'Repository', field: 'label', code: 'unauthorized' },
    ]);
  for (const name of unknown) if (labelNamed(call.world, name) === undefined) addLabel(call.world, name);
  pull.labels = [...new Set(names.map((name) => labelNamed(call.world, name)?.name ?? name))];
  pull.updatedAt = timeOf(call.world);
}

function commentOf({ world, params }: Call): Comment {
  const found = world.records.comments.find(({ id }) => id === Number(params.comment_id));
  if (found === undefined) throw notFound();
  return found;
}

function refuseBody(body: string): void {
  if (body === '') throw validationFailed({ resource: 'IssueComment', code: 'missing_field', field: 'body' });
  if (characters(body) > bodyLimit)
    throw validationFailed({
      resource: 'IssueComment',
      code: 'unprocessable',
      field: 'data',
      message: `Body is too long (maximum is ${bodyLimit} characters)`,
    });
}

export function addComment(world: World, pull: number, body: string, author: string): Comment {
  refuseBody(body);
  const now = timeOf(world);
  const comment = { id: nextId(world), pull, author, body, createdAt: now, updatedAt: now };
  world.records.comments.push(comment);
  return comment;
}
