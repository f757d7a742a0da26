import { graphql, usePaginationFragment } from "react-relay";
import { List } from "../list";
import type { Stock_levels$key } from "./__generated__/Stock_levels.graphql";
import type { StockPageQuery } from "./__generated__/StockPageQuery.graphql";

export function Stock({ query }: { query: Stock_levels$key }) {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment<StockPageQuery, Stock_levels$key>(
    graphql`
      fragment Stock_levels on Query
      @refetchable(queryName: "StockPageQuery")
      @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" }) {
        stockLevels(first: $count, after: $cursor, orderBy: [{ field: SKU_CODE, direction: ASC }])
          @connection(key: "Stock_stockLevels", filters: []) {
          edges {
            node {
              id
              available
              sku {
                name
              }
              warehouse {
                name
              }
            }
          }
        }
      }
    `,
    query,
  );
  return (
    <section id="stock">
      <List next={hasNext && !isLoadingNext ? () => loadNext(10) : undefined} head={<th colSpan={3}>库存</th>}>
        {data.stockLevels?.edges.map(({ node }) => (
          <tr key={node.id}>
            <td>{node.sku.name}</td>
            <td>{node.warehouse.name}</td>
            <td>{node.available}</td>
          </tr>
        ))}
      </List>
    </section>
  );
}
