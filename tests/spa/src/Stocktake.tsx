import { useMutation, useQuery } from "@apollo/client/react";
import { useState } from "react";
import { Choice, Problem } from "./form";
import { graphql } from "./gql";
import type { StocktakeFieldsFragment } from "./gql/graphql";
import { label } from "./labels";
import { Step } from "./Step";

graphql(`
  fragment StocktakeFields on Stocktake {
    id
    number
    status
    version
    warehouse { id name }
    progress { lines linesCounted }
    allowedActions { id action allowed }
    lines(first: 100) {
      nodes { ...CountedLine }
    }
  }
`);

graphql(`
  fragment CountedLine on StocktakeLine {
    id
    version
    bookQuantity
    countedQuantity
    variance
    sku { id name unit }
    place { id code }
    lot { id number }
  }
`);

const StocktakeChoices = graphql(`
  query StocktakeChoices {
    ...Shell
    warehouses(first: 100, orderBy: [{ field: CODE, direction: ASC }]) { nodes { id name } }
    stocktakes(first: 20, where: { status: { in: [DRAFT, COUNTING, SUBMITTED, APPROVED] } }) {
      nodes { id number status warehouse { id name } }
    }
  }
`);

const StocktakePage = graphql(`
  query StocktakePage($id: ID!) {
    ...Shell
    stocktake(id: $id) { ...StocktakeFields }
  }
`);

const Plan = graphql(`
  mutation Plan($input: PlanStocktakeInput!) {
    planStocktake(input: $input) {
      stocktake { ...StocktakeFields }
      userErrors { ...Problems }
    }
  }
`);

const Count = graphql(`
  mutation Count($input: RecordCountsInput!) {
    recordCounts(input: $input) {
      stocktake { id version progress { lines linesCounted } allowedActions { id action allowed } }
      lines { ...CountedLine }
      userErrors { ...Problems }
    }
  }
`);

const Start = graphql(`
  mutation Start($id: ID!, $version: Int!) {
    done: startStocktake(input: { id: $id, expectedVersion: $version }) {
      stocktake { ...StocktakeFields }
      userErrors { ...Problems }
    }
  }
`);

const Submit = graphql(`
  mutation Submit($id: ID!, $version: Int!) {
    done: submitStocktake(input: { id: $id, expectedVersion: $version }) {
      stocktake { ...StocktakeFields }
      userErrors { ...Problems }
    }
  }
`);

const Approve = graphql(`
  mutation Approve($id: ID!, $version: Int!) {
    done: approveStocktake(input: { id: $id, expectedVersion: $version }) {
      stocktake { ...StocktakeFields }
      userErrors { ...Problems }
    }
  }
`);

const Post = graphql(`
  mutation Post($id: ID!, $version: Int!) {
    done: postStocktake(input: { id: $id, expectedVersion: $version }) {
      stocktake { ...StocktakeFields }
      stockLevels { id onHand available }
      userErrors { ...Problems }
    }
  }
`);

export function Stocktake({ id }: { id: string }) {
  return id ? <Page id={id} /> : <Form />;
}

function Form() {
  const [warehouseId, setWarehouseId] = useState("");
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const { data: choices } = useQuery(StocktakeChoices);
  const [plan, { data, loading }] = useMutation(Plan);
  const problems = data?.planStocktake?.userErrors;
  const submit = async () => {
    const answer = (await plan({ variables: { input: { warehouseId, idempotencyKey } } })).data?.planStocktake;
    if (answer?.stocktake) location.hash = `#/stocktake/${answer.stocktake.id}`;
  };
  return (
    <form action={submit}>
      <h1>新盘点</h1>
      <Choice label="仓库" at="warehouseId" value={warehouseId} problems={problems} onChange={setWarehouseId}>
        {choices?.warehouses?.nodes.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </Choice>
      <button disabled={loading}>保存</button>
      <Problem at="" of={problems} />
      {choices?.stocktakes?.nodes.map(({ id, number, status, warehouse }) => (
        <p key={id}>
          <a href={`#/stocktake/${id}`}>{number}</a> {warehouse.name} {label("DocumentStatus", status)}
        </p>
      ))}
    </form>
  );
}

function Page({ id }: { id: string }) {
  const { data } = useQuery(StocktakePage, { variables: { id } });
  const stocktake = data?.stocktake;
  if (!stocktake) return null;
  return (
    <>
      <h1>
        盘点 {stocktake.number} <output>{label("DocumentStatus", stocktake.status)}</output>
      </h1>
      <p className="head">
        {stocktake.warehouse.name},已盘 {stocktake.progress.linesCounted} / {stocktake.progress.lines}
      </p>
      <Step document={stocktake} action="START" mutation={Start} />
      <Step document={stocktake} action="SUBMIT" mutation={Submit} />
      <Step document={stocktake} action="APPROVE" mutation={Approve} />
      <Step document={stocktake} action="POST" mutation={Post} />
      <Lines stocktake={stocktake} />
    </>
  );
}

function Lines({ stocktake }: { stocktake: StocktakeFieldsFragment }) {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [count, { data, loading }] = useMutation(Count);
  const problems = data?.recordCounts?.userErrors;
  const lines = stocktake.lines.nodes;
  const open = stocktake.allowedActions.some(({ action, allowed }) => action === "COUNT" && allowed);
  const counted = lines.filter(({ id }) => typed[id]);
  const submit = async () => {
    const counts = counted.map(({ id, version }) => ({ lineId: id, quantity: typed[id]!, expectedVersion: version }));
    const answer = await count({ variables: { input: { id: stocktake.id, counts } } });
    if (answer.data?.recordCounts?.stocktake) setTyped({});
  };
  return (
    <form action={submit}>
      <table>
        <thead>
          <tr><th>商品</th><th>批次</th><th>账面</th><th>实盘</th><th>差异</th>{open && <th>本次</th>}</tr>
        </thead>
        <tbody>
          {lines.map((line, index) => (
            <tr key={line.id}>
              <td>{line.sku.name}</td>
              <td>{line.lot?.number}</td>
              <td>{line.bookQuantity}</td>
              <td className="counted">{line.countedQuantity}</td>
              <td className="variance">{line.variance}</td>
              {open && (
                <td>
                  <input name={`line ${index}`} value={typed[line.id] ?? ""}
                    onChange={(event) => setTyped({ ...typed, [line.id]: event.target.value })} />
                  <Problem at={`counts.${counted.indexOf(line)}.quantity`} of={problems} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {open && <button disabled={loading}>保存</button>}
      <Problem at="" of={problems} />
    </form>
  );
}
