import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { graphql } from "./gql";
import { List, useSettled } from "./list";

const ProductList = graphql(`
  query ProductList($search: String, $after: String) {
    ...Shell
    skus(search: $search, first: 10, after: $after, orderBy: [{ field: CODE, direction: ASC }]) {
      totalCount
      edges {
        node {
          id
          code
          name
          unit
          product { id category { id name } }
          supplierPrices(first: 1, orderBy: [{ field: IS_PREFERRED, direction: DESC }]) {
            nodes { id supplier { id name } }
          }
        }
      }
      pageInfo { endCursor hasNextPage }
    }
  }
`);

export function Products() {
  const [typed, setTyped] = useState("");
  const search = useSettled(typed);
  const { data, previousData, loading, fetchMore } = useQuery(ProductList, { variables: { search } });
  const skus = (data ?? previousData)?.skus;
  const { hasNextPage, endCursor } = skus?.pageInfo ?? {};
  const next = hasNextPage && !loading ? () => fetchMore({ variables: { after: endCursor } }) : undefined;
  return (
    <>
      <input name="search" placeholder="名称、编码、条码、拼音" value={typed} onChange={(event) => setTyped(event.target.value)} />
      <output data-search={loading ? undefined : search}>{skus?.totalCount}</output>
      <List next={next} head={["编码", "名称", "单位", "分类", "供应商"].map((text) => <th key={text}>{text}</th>)}>
        {skus?.edges.map(({ node }) => {
          const supplier = node.supplierPrices?.nodes[0]?.supplier;
          return (
            <tr key={node.id}>
              <td>{node.code}</td>
              <td>{node.name}</td>
              <td>{node.unit}</td>
              <td>{node.product.category?.name}</td>
              <td>{supplier && <a href={`#/supplier/${supplier.id}`}>{supplier.name}</a>}</td>
            </tr>
          );
        })}
      </List>
    </>
  );
}
