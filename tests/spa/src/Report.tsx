import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { graphql } from "./gql";
import type { StockGrouping } from "./gql/graphql";
import { label } from "./labels";

const ValuationReport = graphql(`
  query ValuationReport($groupBy: StockGrouping!) {
    ...Shell
    stockValuation(groupBy: $groupBy) {
      skuCount
      owned
      ownedValue
      groups(first: 100) {
        nodes {
          id
          group { id name }
          skuCount
          owned
          ownedValue
          share
        }
      }
    }
    stockAgeing(groupBy: $groupBy) { ages { id fromDays toDays owned ownedValue share } }
  }
`);

const GROUPINGS: StockGrouping[] = ["CATEGORY", "WAREHOUSE"];

export function Report() {
  const [groupBy, setGroupBy] = useState<StockGrouping>("CATEGORY");
  const { data, previousData } = useQuery(ValuationReport, { variables: { groupBy } });
  const { stockValuation: value, stockAgeing: age } = data ?? previousData ?? {};
  return (
    <>
      <h1>库存金额 {value?.ownedValue}</h1>
      <select name="groupBy" value={groupBy} onChange={(event) => setGroupBy(event.target.value as StockGrouping)}>
        {GROUPINGS.map((each) => <option key={each} value={each}>{label("StockGrouping", each)}</option>)}
      </select>
      <table className="groups">
        <tbody>
          {value?.groups.nodes.map(({ id, group, ...row }) => (
            <tr key={id}>
              <td>{group.name}</td>
              <td>{row.skuCount}</td>
              <td>{row.owned}</td>
              <td>{row.ownedValue}</td>
              <td>{row.share}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2>库龄</h2>
      <table className="ages">
        <tbody>
          {age?.ages.map(({ id, fromDays, toDays, owned, ownedValue }) => (
            <tr key={id}>
              <td>{toDays === null ? `${fromDays} 天以上` : `${fromDays}–${toDays} 天`}</td>
              <td>{owned}</td>
              <td>{ownedValue}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
