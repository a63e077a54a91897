/** Fetch the page of an event: when it is opened, or before, while home is looked at. */
export const loadEventPage = () => import("./event-page");
