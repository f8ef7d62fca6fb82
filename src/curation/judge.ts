export const DEFAULT_FOLDS = 5;
export const DEFAULT_L2 = 0.03;
