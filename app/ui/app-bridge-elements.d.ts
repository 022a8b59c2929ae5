import type { ReactNode } from "react";

// App Bridge's typings know s-app-nav but not the links in it.
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "s-link": { href: string; rel?: "home"; children?: ReactNode };
    }
  }
}
