/** The icon of every page: a key's head and its bit. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b57d0"/>
<g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"><circle cx="12" cy="16" r="5"/><path d="M17 16h9m-3 0v4"/></g></svg>
`;
