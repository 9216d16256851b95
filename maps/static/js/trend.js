/** The chart of the reopening tab; its library is fetched when the tab first opens. */

import { all, element, mayMove, textOf } from "./dom.js";
import { onTab } from "./tabs.js";

/** @typedef {import("./types.d.ts").PageData} PageData */
/** @typedef {import("./types.d.ts").Trend} Trend */

/**
 * @param {string} url
 * @returns {Promise<void>}
 */
function load(url) {
  return new Promise((resolve, reject) => {
    const script = element("script", { src: url });
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error(url)));
    document.head.append(script);
  });
}

/**
 * @param {string} name
 * @returns {string} value of a design token
 */
function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/**
 * @param {Trend} trend
 * @returns {object}
 */
function options(trend) {
  const text = { color: token("--muted"), fontFamily: token("--face"), fontSize: 11 };
  return {
    animation: mayMove(),
    aria: { enabled: true, label: { description: trend.title } },
    grid: { left: 4, right: 14, top: 14, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (/** @type {number} */ pct) => `${pct}%` },
    xAxis: {
      type: "category",
      data: trend.days,
      boundaryGap: false,
      axisLabel: { ...text, hideOverlap: true },
      axisLine: { lineStyle: { color: token("--line") } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: 100,
      interval: 25,
      axisLabel: { ...text, formatter: "{value}%" },
      splitLine: { lineStyle: { color: token("--line") } },
    },
    series: [
      {
        type: "line",
        name: trend.series,
        data: trend.pct,
        symbol: "circle",
        symbolSize: 8,
        itemStyle: { color: token("--surface"), borderColor: token("--blue"), borderWidth: 2.2 },
        lineStyle: { color: token("--blue"), width: 2.6 },
      },
    ],
  };
}

/**
 * Draw the chart once its tab is open.
 * @param {PageData} data
 */
export function wireTrend({ trend, echarts, texts }) {
  const [place] = all("#trend", HTMLElement);
  if (!place || !trend || !echarts) {
    return;
  }
  let isStarted = false;
  onTab(async (name) => {
    if (name !== "reopening" || isStarted) {
      return;
    }
    isStarted = true;
    try {
      await load(echarts);
    } catch {
      place.classList.add("is-empty");
      place.textContent = textOf(texts.chartFailed);
      return;
    }
    const label = place.getAttribute("aria-label") ?? "";
    const library = Reflect.get(window, "echarts");
    const chart = library.init(place, null, { renderer: "svg" });
    chart.setOption(options(trend));
    place.setAttribute("aria-label", label);
    new ResizeObserver(() => chart.resize()).observe(place);
  });
}
