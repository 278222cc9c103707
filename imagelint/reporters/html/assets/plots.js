"use strict";
// Plots of an overview; each stands beside the same numbers as a table.
(() => {
  const payload = JSON.parse(document.getElementById("payload").textContent);
  const drawn = [];

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  }

  function number(value, unit) {
    if (unit !== "bytes") return value.toLocaleString("en");
    const units = ["B", "kB", "MB", "GB", "TB", "PB"];
    let at = 0;
    while (value >= 1000 && at < units.length - 1) {
      value /= 1000;
      at += 1;
    }
    return `${value < 100 && at ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
  }

  function draw(plot) {
    const ink = colour("quiet");
    const line = colour("line");
    const values = plot.horizontal ? "x" : "y";
    const scale = { stacked: true, grid: { color: line }, ticks: { color: ink } };
    const counted = { ...scale.ticks, precision: 0, callback: (value) => number(value, plot.unit) };
    return new Chart(document.getElementById(`plot-${plot.id}`), {
      type: "bar",
      data: {
        labels: plot.labels,
        datasets: plot.series.map((series) => ({
          label: series.name,
          data: series.values,
          backgroundColor: colour(series.colour),
          maxBarThickness: 40,
        })),
      },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        indexAxis: plot.horizontal ? "y" : "x",
        scales: {
          x: { ...scale, ticks: values === "x" ? counted : scale.ticks },
          y: { ...scale, ticks: values === "y" ? counted : { ...scale.ticks, autoSkip: false } },
        },
        plugins: {
          legend: { display: plot.series.length > 1, labels: { color: ink, boxWidth: 12 } },
          tooltip: {
            callbacks: { label: (item) => `${item.dataset.label}: ${number(item.raw, plot.unit)}` },
          },
        },
      },
    });
  }

  function redraw() {
    for (const chart of drawn.splice(0)) chart.destroy();
    for (const plot of payload.plots) drawn.push(draw(plot));
  }

  redraw();
  document.addEventListener("themechange", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", redraw);
  addEventListener("afterprint", redraw);
})();
