declare module 'jstat' {
  interface Distribution {
    inv(probability: number, ...shape: number[]): number;
    cdf(value: number, ...shape: number[]): number;
  }
  const jstat: { studentt: Distribution; normal: Distribution };
  export default jstat;
}
