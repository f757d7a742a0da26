/** Lists that grow while they are scrolled, and that wait for who types. */
import { useEffect, useRef, useState, type ReactNode } from "react";

interface ListProps {
  children: ReactNode;
  head: ReactNode;
  /** Gets the next page; undefined when there is none, or while one is on its way. */
  next: (() => unknown) | undefined;
}

export function List({ children, head, next }: ListProps) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && next?.());
    observer.observe(end.current!);
    return () => observer.disconnect();
  }, [next]);
  return (
    <div className="list">
      <table>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      <div ref={end} className="end" />
    </div>
  );
}

/** A value that has not changed for a moment: a search is one request, however many keys it took. */
export function useSettled<Value>(value: Value, milliseconds = 250): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
