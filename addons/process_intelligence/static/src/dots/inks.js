/**
 * Colours that stay apart for every common kind of colour blindness (Okabe and Ito, 2008, the light ones darkened so
 * that they stand out from white), each with a shape of its own. The most frequent steps get them, in this order.
 */
export const INKS = [
    { color: "#0072b2", shape: "circle" },
    { color: "#c96f00", shape: "square" },
    { color: "#008562", shape: "triangle" },
    { color: "#a8386f", shape: "diamond" },
    { color: "#3f9fd6", shape: "plus" },
    { color: "#c0392b", shape: "down" },
    { color: "#8a7a00", shape: "bar" },
    { color: "#333f6b", shape: "cross" },
];
export const OTHERS = { color: "#8a8a8a", shape: "small" };

/** @param {number} index place among the names of an answer */
export function inkOf(index) {
    return INKS[index] || OTHERS;
}

/** @returns {string} SVG path data of a shape around a point; `r` is about half its size */
export function shape(name, x, y, r) {
    const polygon = (...points) => `M${points.map(([dx, dy]) => [x + dx * r, y + dy * r].join()).join("L")}Z`;
    const round = (radius) => `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
    const cross = [
        [-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4],
        [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4],
    ];
    const turned = cross.map(([dx, dy]) => [(dx - dy) * 0.75, (dx + dy) * 0.75]);
    const shapes = {
        circle: () => round(r),
        small: () => round(r * 0.6),
        square: () => polygon([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]),
        triangle: () => polygon([0, -1.2], [1.15, 0.9], [-1.15, 0.9]),
        down: () => polygon([0, 1.2], [1.15, -0.9], [-1.15, -0.9]),
        diamond: () => polygon([0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]),
        bar: () => polygon([-0.45, -1.3], [0.45, -1.3], [0.45, 1.3], [-0.45, 1.3]),
        plus: () => polygon(...cross),
        cross: () => polygon(...turned),
    };
    return shapes[name]();
}
