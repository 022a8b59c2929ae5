import type { ReactNode } from "react";

// App Bridge's typings know s-app-nav but not the links in it.
declare module "react" {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the only way to tell React's types of an element
  namespace JSX {
    interface IntrinsicElements {
      "s-link": { href: string; rel?: "home"; children?: ReactNode };
    }
  }
}
