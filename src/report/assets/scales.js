"use strict";
// Colour scales that follow what is shown: on any day, some places stand out and some do not.
const scales = (() => {
  // Viridis and a blue–orange scale: both are readable with any kind of colour vision.
  const RISING = ["#fde725", "#90d743", "#35b779", "#21918c", "#31688e", "#443983", "#440154"];
  const AROUND = ["#2166ac", "#67a9cf", "#d1e5f0", "#fee0b6", "#f1a340", "#b35806"];
  // Shares of places below each limit: few have the last colours, whatever the day.
  const SHARES = [0.1, 0.3, 0.5, 0.7, 0.85, 0.95];
  const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  // Limits around 1, from the narrowest.
  const SPREADS = [
    [0.9, 0.95, 1, 1.05, 1.1], [0.8, 0.9, 1, 1.1, 1.25], [0.7, 0.85, 1, 1.2, 1.5],
    [0.5, 0.75, 1, 1.35, 2], [0.35, 0.6, 1, 1.7, 3], [0.2, 0.5, 1, 2, 5],
  ];
  const known = (values) => values.filter((value) => Number.isFinite(value));

  function rounded(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    const near = ROUND.reduce((a, b) => (Math.abs(Math.log(b * power / value)) < Math.abs(Math.log(a * power / value)) ? b : a));
    return Number((near * power).toPrecision(2));
  }
  // The next round number above a round one.
  function after(limit) {
    const power = 10 ** Math.floor(Math.log10(limit) + 1e-9);
    const next = ROUND.find((step) => step * power > limit * 1.001);
    return Number((next * power).toPrecision(2));
  }
  // Six round limits of values from 0 on, by the shares of the places above 0; with few values, those of `otherwise`. Limits are at
  // least `finest`, below which differences mean nothing.
  function rising(values, otherwise, finest = 0) {
    const above = known(values).filter((value) => value > 0).sort((a, b) => a - b);
    if (above.length < 10) return otherwise;
    const limits = [];
    for (const share of SHARES) {
      const limit = rounded(Math.max(finest, above[Math.floor(share * (above.length - 1))]));
      limits.push(limits.length && limit <= limits.at(-1) ? after(limits.at(-1)) : limit);
    }
    return limits;
  }
  const classes = (limits, values) => values.reduce((counts, value) => {
    counts[limits.filter((limit) => value >= limit).length] += 1;
    return counts;
  }, Array(limits.length + 1).fill(0));
  // Five limits around 1 that spread the values most evenly.
  function around(values, otherwise) {
    const all = known(values);
    if (all.length < 10) return otherwise;
    const fullest = (limits) => Math.max(...classes(limits, all));
    return SPREADS.reduce((best, limits) => (fullest(limits) < fullest(best) ? limits : best));
  }
  // Colours and limits of values: those of a `kind`, "rising" or "around".
  const made = (kind, values, otherwise, finest) => (kind === "rising"
    ? { colours: RISING, limits: rising(values, otherwise, finest) }
    : { colours: AROUND, limits: around(values, otherwise) });
  // High values should stand out: on a dark background the rising scale ends with its bright colour.
  const coloursOf = (scale, dark) => (scale.colours === RISING && dark ? RISING.toReversed() : scale.colours);
  const colour = (scale, value, dark) => coloursOf(scale, dark)[scale.limits.filter((limit) => value >= limit).length];
  return { RISING, AROUND, made, classes, coloursOf, colour };
})();
