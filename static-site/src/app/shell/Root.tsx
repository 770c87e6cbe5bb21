import { Outlet } from '@tanstack/react-router';
import { ProductionEdge } from './environments';

/** Around every page, signed in or not. */
export const Root = () => (
  <>
    <Outlet />
    <ProductionEdge />
  </>
);
