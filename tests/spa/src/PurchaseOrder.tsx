import { useMutation, useQuery } from "@apollo/client/react";
import { useState } from "react";
import { Choice, Field, Problem } from "./form";
import { graphql } from "./gql";
import type { OrderFieldsFragment } from "./gql/graphql";
import { label } from "./labels";
import { Step } from "./Step";

graphql(`
  fragment OrderFields on PurchaseOrder {
    id
    number
    status
    version
    expectedOn
    note
    total
    supplier { id name }
    warehouse { id name }
    lines { id lineNo quantity quantityReceived quantityOutstanding unitPrice amount sku { id code name unit tracking } }
    allowedActions { id action allowed }
  }
`);

const OrderPage = graphql(`
  query OrderPage($id: ID!) {
    ...Shell
    purchaseOrder(id: $id) { ...OrderFields }
  }
`);

const OrderChoices = graphql(`
  query OrderChoices {
    ...Shell
    suppliers(first: 100, orderBy: [{ field: CODE, direction: ASC }]) { nodes { id name } }
    warehouses(first: 100, orderBy: [{ field: CODE, direction: ASC }]) { nodes { id name } }
    skus(first: 100, orderBy: [{ field: CODE, direction: ASC }]) { edges { node { id name unit } } }
  }
`);

const CreateOrder = graphql(`
  mutation CreateOrder($input: CreatePurchaseOrderInput!) {
    createPurchaseOrder(input: $input) {
      purchaseOrder { ...OrderFields }
      userErrors { ...Problems }
    }
  }
`);

/** Where somebody was faster, the same answer brings the order as he left it. */
const UpdateOrder = graphql(`
  mutation UpdateOrder($id: ID!, $input: UpdatePurchaseOrderInput!) {
    updatePurchaseOrder(input: $input) {
      purchaseOrder { ...OrderFields }
      userErrors { ...Problems }
      query { purchaseOrder(id: $id) { ...OrderFields } }
    }
  }
`);

const SubmitOrder = graphql(`
  mutation SubmitOrder($id: ID!, $version: Int!) {
    done: submitPurchaseOrder(input: { id: $id, expectedVersion: $version }) {
      purchaseOrder { ...OrderFields }
      userErrors { ...Problems }
    }
  }
`);

const ApproveOrder = graphql(`
  mutation ApproveOrder($id: ID!, $version: Int!) {
    done: approvePurchaseOrder(input: { id: $id, expectedVersion: $version }) {
      purchaseOrder { ...OrderFields }
      stockLevels { id incoming }
      userErrors { ...Problems }
    }
  }
`);

const Receive = graphql(`
  mutation Receive($input: ReceiveGoodsInput!) {
    receiveGoods(input: $input) {
      goodsReceipt { id number }
      purchaseOrder { ...OrderFields }
      stockLevels { id onHand available incoming value }
      userErrors { ...Problems }
    }
  }
`);

export function PurchaseOrder({ id }: { id: string }) {
  return id ? <Page id={id} /> : <Form />;
}

const LINE = { skuId: "", quantity: "", unitPrice: "" };

function Form() {
  const [idempotencyKey] = useState(() => crypto.randomUUID()); // sent twice, it is ordered once
  const [head, setHead] = useState({ supplierId: "", warehouseId: "", expectedOn: "" });
  const [lines, setLines] = useState([LINE, LINE]);
  const { data: choices } = useQuery(OrderChoices);
  const [create, { data, loading }] = useMutation(CreateOrder);
  const problems = data?.createPurchaseOrder?.userErrors;
  const setLine = (index: number, change: Partial<typeof LINE>) =>
    setLines(lines.map((line, at) => (at === index ? { ...line, ...change } : line)));
  const submit = async () => {
    const asked = lines.map((line) => ({ ...line, unitPrice: line.unitPrice || null })); // null: as the supplier has it
    const input = { ...head, expectedOn: head.expectedOn || null, lines: asked, idempotencyKey };
    const order = (await create({ variables: { input } })).data?.createPurchaseOrder?.purchaseOrder;
    if (order) location.hash = `#/order/${order.id}`;
  };
  return (
    <form action={submit}>
      <h1>新采购订单</h1>
      <Choice label="供应商" at="supplierId" value={head.supplierId} problems={problems}
        onChange={(supplierId) => setHead({ ...head, supplierId })}>
        {choices?.suppliers?.nodes.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </Choice>
      <Choice label="仓库" at="warehouseId" value={head.warehouseId} problems={problems}
        onChange={(warehouseId) => setHead({ ...head, warehouseId })}>
        {choices?.warehouses?.nodes.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </Choice>
      <Field label="预计到货日期" at="expectedOn" value={head.expectedOn} problems={problems}
        onChange={(expectedOn) => setHead({ ...head, expectedOn })} />
      {lines.map((line, index) => (
        <div key={index}>
          <Choice label="商品" at={`lines.${index}.skuId`} value={line.skuId} problems={problems}
            onChange={(skuId) => setLine(index, { skuId })}>
            {choices?.skus?.edges.map(({ node }) => <option key={node.id} value={node.id}>{node.name}</option>)}
          </Choice>
          <Field label="数量" at={`lines.${index}.quantity`} value={line.quantity} problems={problems}
            onChange={(quantity) => setLine(index, { quantity })} />
          <Field label="单价" at={`lines.${index}.unitPrice`} value={line.unitPrice} problems={problems}
            onChange={(unitPrice) => setLine(index, { unitPrice })} />
        </div>
      ))}
      <button type="button" onClick={() => setLines([...lines, LINE])}>加一行</button>
      <button disabled={loading}>保存</button>
      <Problem at="" of={problems} />
    </form>
  );
}

function Page({ id }: { id: string }) {
  const { data } = useQuery(OrderPage, { variables: { id } });
  const order = data?.purchaseOrder;
  if (!order) return null;
  return (
    <>
      <h1>
        采购订单 {order.number} <output>{label("DocumentStatus", order.status)}</output>
      </h1>
      <p className="head">
        {order.supplier.name} → {order.warehouse.name},合计 {order.total ?? "—"},版本 {order.version}
      </p>
      {order.status === "DRAFT" && <Edit order={order} />}
      <Step document={order} action="SUBMIT" mutation={SubmitOrder} />
      <Step document={order} action="APPROVE" mutation={ApproveOrder} />
      <Lines key={order.version} order={order} />
    </>
  );
}

function Edit({ order }: { order: OrderFieldsFragment }) {
  const [typed, setTyped] = useState<{ note?: string }>({});
  const [seen, setSeen] = useState(order.version);
  const [update, { data, loading }] = useMutation(UpdateOrder);
  const problems = data?.updatePurchaseOrder?.userErrors;
  const submit = async () => {
    const input = { id: order.id, expectedVersion: seen, ...typed }; // what was not typed stays as it is
    const answer = (await update({ variables: { id: order.id, input } })).data?.updatePurchaseOrder;
    if (!answer) return;
    setSeen((answer.purchaseOrder ?? answer.query.purchaseOrder ?? order).version);
    if (answer.purchaseOrder) setTyped({});
  };
  return (
    <form action={submit}>
      <Field label="备注" at="note" value={typed.note ?? order.note} problems={problems} onChange={(note) => setTyped({ note })} />
      <button disabled={loading}>保存</button>
      <Problem at="expectedVersion" of={problems} />
    </form>
  );
}

function Lines({ order }: { order: OrderFieldsFragment }) {
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [arrived, setArrived] = useState(() => order.lines.map((line) => ({ quantity: line.quantityOutstanding, lot: "" })));
  const [receive, { data, loading }] = useMutation(Receive);
  const problems = data?.receiveGoods?.userErrors;
  const setLine = (index: number, change: { quantity?: string; lot?: string }) =>
    setArrived(arrived.map((line, at) => (at === index ? { ...line, ...change } : line)));
  const open = order.allowedActions.some(({ action, allowed }) => action === "RECEIVE" && allowed);
  const submit = async () => {
    const lines = order.lines.map(({ id, sku }, index) => ({
      purchaseOrderLineId: id,
      quantityAccepted: arrived[index]!.quantity,
      ...(sku.tracking === "LOT" && { lot: { number: arrived[index]!.lot } }),
    }));
    await receive({ variables: { input: { purchaseOrderId: order.id, lines, idempotencyKey } } });
  };
  return (
    <form action={submit}>
      <table>
        <thead>
          <tr><th>商品</th><th>订购</th><th>已到</th><th>单价</th><th>金额</th>{open && <th>本次入库</th>}</tr>
        </thead>
        <tbody>
          {order.lines.map((line, index) => (
            <tr key={line.id}>
              <td>{line.sku.name}</td>
              <td>{line.quantity} {line.sku.unit}</td>
              <td className="received">{line.quantityReceived}</td>
              <td>{line.unitPrice ?? "—"}</td>
              <td>{line.amount ?? "—"}</td>
              {open && (
                <td>
                  <Field label="合格" at={`lines.${index}.quantityAccepted`} value={arrived[index]!.quantity}
                    problems={problems} onChange={(quantity) => setLine(index, { quantity })} />
                  {line.sku.tracking === "LOT" && (
                    <Field label="批次" at={`lines.${index}.lot.number`} value={arrived[index]!.lot}
                      problems={problems} onChange={(lot) => setLine(index, { lot })} />
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {open && <button disabled={loading}>入库</button>}
      <Problem at="" of={problems} />
    </form>
  );
}
