import { createContext, useContext } from 'react';
import type { ApiDocument } from './openapi';

const NOTHING: ApiDocument = { openapi: '', info: {}, paths: {} };

/** The document that is shown: every schema, however deep, needs it to follow references. */
export const DescribedBy = createContext<ApiDocument>(NOTHING);

export const useDescribed = (): ApiDocument => useContext(DescribedBy);
