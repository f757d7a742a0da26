import type { TypedDocumentNode } from "@apollo/client";
import { useMutation } from "@apollo/client/react";
import type { Problems } from "./form";
import type { DocumentAction } from "./gql/graphql";
import { label } from "./labels";

type Move = TypedDocumentNode<{ done: { userErrors: NonNullable<Problems> } | null }, { id: string; version: number }>;

interface Props {
  document: { id: string; version: number; allowedActions: { action: DocumentAction; allowed: boolean }[] };
  action: DocumentAction;
  mutation: Move;
}

/** What moves a document on, where that can be done now: its payload brings the document as it is then. */
export function Step({ document: { id, version, allowedActions }, action, mutation }: Props) {
  const [move, { data, loading }] = useMutation(mutation, { variables: { id, version } });
  if (!allowedActions.some((each) => each.action === action && each.allowed)) return null;
  return (
    <>
      <button disabled={loading} onClick={() => move()}>
        {label("DocumentAction", action)}
      </button>
      {data?.done?.userErrors.map(({ code, message }) => <em key={code}>{message}</em>)}
    </>
  );
}
