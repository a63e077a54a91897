/** Icons, drawn by hand on a square of 24. What they mean is always said in words beside them. */
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      className="shrink-0"
    >
      {children}
    </svg>
  );
}

export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);
export const PlusIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path className="rtl:-scale-x-100 origin-center" d="M15 5l-7 7 7 7" />
  </Icon>
);
export const ArrowIcon = () => (
  <Icon>
    <path className="rtl:-scale-x-100 origin-center" d="M4 12h15M13 6l6 6-6 6" />
  </Icon>
);
export const ClockIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 8v4l3 2" />
  </Icon>
);
export const WarnIcon = () => (
  <Icon>
    <path d="M12 4l9 16H3zM12 10v4M12 17v.5" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="M5 13l4 4L19 7" />
  </Icon>
);
export const HomeIcon = () => (
  <Icon>
    <path d="M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6h-6v6H5a1 1 0 0 1-1-1z" />
  </Icon>
);
export const PeopleIcon = () => (
  <Icon>
    <circle cx="9" cy="9" r="3" />
    <path d="M3.5 19a5.5 5.5 0 0 1 11 0M16 6.5a3 3 0 0 1 0 5M17 14.5a5.5 5.5 0 0 1 3.5 4.5" />
  </Icon>
);
export const PersonIcon = () => (
  <Icon>
    <circle cx="12" cy="8" r="3.5" />
    <path d="M5 20a7 7 0 0 1 14 0" />
  </Icon>
);
/** The mark of the house: a square of two halves that are equal. */
export const Mark = () => (
  <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" className="shrink-0 rounded">
    <path d="M0 0h24v24H0z" className="fill-accent" />
    <path d="M6 6h12v12H6z" fill="#f0fdfa" />
    <path d="M18 6v12H6z" fill="#5eead4" />
  </svg>
);
export const SettingsIcon = () => (
  <Icon>
    <path d="M4 7h9M19 7h1M4 17h1M11 17h9" />
    <circle cx="16" cy="7" r="3" />
    <circle cx="8" cy="17" r="3" />
  </Icon>
);
export const OpenIcon = () => (
  <Icon>
    <path d="M8 10l4 4 4-4" />
  </Icon>
);
