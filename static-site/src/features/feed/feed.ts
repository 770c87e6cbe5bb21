import { FeedStore } from './store';

/** The one feed of this page. */
export const feed = new FeedStore();
