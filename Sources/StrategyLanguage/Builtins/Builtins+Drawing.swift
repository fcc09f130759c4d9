extension Builtins {
  /// Methods of drawings that change one and answer nothing: the first argument is the drawing,
  /// the others are only evaluated for their types.
  static func isIgnoredSetter(_ name: String) -> Bool {
    for kind in ["label.", "line.", "box.", "table.", "linefill.", "polyline."]
    where name.hasPrefix(kind) {
      let method = name.dropFirst(kind.count)
      return method == "delete" || method.hasPrefix("set_") || method.hasPrefix("cell_set_")
    }
    return false
  }
}
