extension Builtins {
  /// Functions of the language that are written in it, by name: a library with one exported function each, parsed
  /// when a script first calls it.
  static let prelude: [String: (function: String, text: String)] = [
    "ta.pivot_point_levels": ("pivot_point_levels", pivotPointLevels),
    "syminfo.prefix": ("prefix", symbolParts), "syminfo.ticker": ("ticker", symbolParts),
  ]

  /// The time that `time` or `time_close` gave in the n-th of its timeframe's bars before.
  static let periodBefore = """
    //@version=6
    library("period_before")
    export period_before(int t, simple int n) =>
        int known = fixnan(t)
        int before = ta.valuewhen(known != known[1], known[1], n - 1)
        na(t) ? na : before
    """

  private static let symbolParts = """
    //@version=6
    library("symbol_parts")
    export prefix(string symbol) =>
        int at = str.pos(symbol, ":")
        na(at) ? "" : str.substring(symbol, 0, at)
    export ticker(string symbol) =>
        int at = str.pos(symbol, ":")
        na(at) ? symbol : str.substring(symbol, at + 1)
    """

  /// Formulas as in TradingView's help page on pivot points.
  private static let pivotPointLevels = """
    //@version=6
    library("pivot_point_levels")
    put(array<float> a, float p, float r1, float s1, float r2, float s2, float r3, float s3, float r4, float s4, float r5, float s5) =>
        a.set(0, p), a.set(1, r1), a.set(2, s1), a.set(3, r2), a.set(4, s2), a.set(5, r3), a.set(6, s3)
        a.set(7, r4), a.set(8, s4), a.set(9, r5), a.set(10, s5)
    levels(string kind, float o, float h, float l, float c, float next, array<float> a) =>
        float d = h - l
        float p = (h + l + c) / 3
        if kind == "Traditional"
            put(a, p, p * 2 - l, p * 2 - h, p + d, p - d, p * 2 + (h - 2 * l), p * 2 - (2 * h - l), p * 3 + (h - 3 * l), p * 3 - (3 * h - l), p * 4 + (h - 4 * l), p * 4 - (4 * h - l))
        else if kind == "Fibonacci"
            put(a, p, p + 0.382 * d, p - 0.382 * d, p + 0.618 * d, p - 0.618 * d, p + d, p - d, na, na, na, na)
        else if kind == "Woodie"
            float w = (h + l + 2 * next) / 4
            float r = h + 2 * (w - l)
            float s = l - 2 * (h - w)
            put(a, w, 2 * w - l, 2 * w - h, w + d, w - d, r, s, r + d, s - d, na, na)
        else if kind == "Classic"
            put(a, p, 2 * p - l, 2 * p - h, p + d, p - d, p + 2 * d, p - 2 * d, p + 3 * d, p - 3 * d, na, na)
        else if kind == "DM"
            float x = o == c ? h + l + 2 * c : c > o ? 2 * h + l + c : 2 * l + h + c
            put(a, x / 4, x / 2 - l, x / 2 - h, na, na, na, na, na, na, na, na)
        else if kind == "Camarilla"
            float r = h / l * c
            put(a, p, c + 1.1 * d / 12, c - 1.1 * d / 12, c + 1.1 * d / 6, c - 1.1 * d / 6, c + 1.1 * d / 4, c - 1.1 * d / 4, c + 1.1 * d / 2, c - 1.1 * d / 2, r, c - (r - c))
        else
            runtime.error("ta.pivot_point_levels: '" + kind + "' is not a type of pivot points")
    export pivot_point_levels(string type, bool anchor, bool developing = false) =>
        var float o = na
        var float h = na
        var float l = na
        var float c = na
        var array<float> kept = array.new<float>(11)
        var array<float> now = array.new<float>(11)
        if anchor
            if not na(o)
                levels(type, o, h, l, c, open, kept)
            o := open
            h := high
            l := low
        else if na(o)
            o := open
            h := high
            l := low
        else
            h := math.max(h, high)
            l := math.min(l, low)
        c := close
        if developing
            if type == "Woodie"
                runtime.error("ta.pivot_point_levels: there are no developing levels of type Woodie")
            levels(type, o, h, l, c, na, now)
        (developing ? now : kept).copy()
    """
}
