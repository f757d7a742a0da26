import { useQuery } from "@apollo/client/react";
import { graphql } from "./gql";
import { label } from "./labels";

const SupplierPage = graphql(`
  query SupplierPage($id: ID!) {
    ...Shell
    supplier(id: $id) {
      id
      code
      name
      contactName
      phone
      paymentTerm { id name }
      onHold
      prices(first: 20, orderBy: [{ field: SKU_CODE, direction: ASC }]) {
        totalCount
        nodes { id unitPrice leadTimeDays sku { id code name unit } }
      }
      purchaseOrders(first: 10, orderBy: [{ field: BUSINESS_DATE, direction: DESC }]) {
        totalCount
        nodes { id number status businessDate total }
      }
      goodsReceipts(first: 10, orderBy: [{ field: BUSINESS_DATE, direction: DESC }]) {
        totalCount
        nodes { id number businessDate total purchaseOrder { id number } }
      }
    }
  }
`);

export function Supplier({ id }: { id: string }) {
  const { data } = useQuery(SupplierPage, { variables: { id } });
  const supplier = data?.supplier;
  if (!supplier) return null;
  return (
    <>
      <h1>{supplier.name}</h1>
      <p>
        {supplier.contactName} {supplier.phone},{supplier.paymentTerm?.name}{supplier.onHold && ",暂停采购"}
      </p>
      <h2>供价 {supplier.prices?.totalCount}</h2>
      <table className="prices">
        <tbody>
          {supplier.prices?.nodes.map(({ id, sku, unitPrice, leadTimeDays }) => (
            <tr key={id}>
              <td>{sku.code}</td>
              <td>{sku.name}</td>
              <td>{unitPrice} / {sku.unit}</td>
              <td>{leadTimeDays} 天</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>采购订单 {supplier.purchaseOrders?.totalCount}</h2>
      <table className="orders">
        <tbody>
          {supplier.purchaseOrders?.nodes.map((order) => (
            <tr key={order.id}>
              <td><a href={`#/order/${order.id}`}>{order.number}</a></td>
              <td>{order.businessDate}</td>
              <td>{label("DocumentStatus", order.status)}</td>
              <td>{order.total ?? "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>采购入库 {supplier.goodsReceipts?.totalCount}</h2>
      <table className="receipts">
        <tbody>
          {supplier.goodsReceipts?.nodes.map((receipt) => (
            <tr key={receipt.id}>
              <td>{receipt.number}</td>
              <td>{receipt.businessDate}</td>
              <td>{receipt.purchaseOrder?.number}</td>
              <td>{receipt.total ?? "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
