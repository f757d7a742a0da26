import { useQuery, useReactiveVar, useSubscription } from "@apollo/client/react";
import { hidden } from "./client";
import { graphql } from "./gql";
import { label } from "./labels";
import { List } from "./list";

const StockTable = graphql(`
  query StockTable($after: String) {
    ...Shell
    stockLevels(first: 50, after: $after, orderBy: [{ field: SKU_CODE, direction: ASC }]) {
      totalCount
      edges {
        node {
          id
          onHand
          available
          value
          sku { id code name }
          warehouse { id name }
          limit { id limit }
          openAlerts { id kind severity }
        }
      }
      pageInfo { endCursor hasNextPage }
    }
  }
`);

/** It brings the level that an alert is about, and the cache puts that into the table. */
const StockAlerts = graphql(`
  subscription StockAlerts {
    stockAlertsChanged {
      cursor
      change
      alert {
        id
        kind
        severity
        status
        sku { id name }
        stockLevel { id onHand available openAlerts { id kind severity } }
      }
    }
  }
`);

export function Stock() {
  const { data, loading, fetchMore } = useQuery(StockTable);
  const { data: event } = useSubscription(StockAlerts);
  const withValue = !useReactiveVar(hidden).StockTable?.includes("stockLevels.edges.node.value");
  const levels = data?.stockLevels;
  const { hasNextPage, endCursor } = levels?.pageInfo ?? {};
  const next = hasNextPage && !loading ? () => fetchMore({ variables: { after: endCursor } }) : undefined;
  const columns = ["编码", "商品", "仓库", "在库", "可用", "下限", "预警", ...(withValue ? ["金额"] : [])];
  const alert = event?.stockAlertsChanged.alert;
  return (
    <>
      <p className="news">{alert && `${alert.sku.name}:${label("StockAlertSeverity", alert.severity)}`}</p>
      <List next={next} head={columns.map((text) => <th key={text}>{text}</th>)}>
        {levels?.edges.map(({ node }) => (
          <tr key={node.id} className={node.openAlerts?.length ? "alert" : ""}>
            <td>{node.sku.code}</td>
            <td>{node.sku.name}</td>
            <td>{node.warehouse.name}</td>
            <td>{node.onHand}</td>
            <td>{node.available}</td>
            <td>{node.limit?.limit}</td>
            <td>{node.openAlerts?.map(({ severity }) => label("StockAlertSeverity", severity)).join(" ")}</td>
            {withValue && <td>{node.value}</td>}
          </tr>
        ))}
      </List>
    </>
  );
}
