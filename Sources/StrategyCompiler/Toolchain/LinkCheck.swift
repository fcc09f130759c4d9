/// Checks a linked library: its exports and its imports.
enum LinkCheck {
  /// Functions of the C library that compiled strategies may call.
  private static let allowed: Set<String> = [
    "memcpy", "memmove", "memset", "memcmp", "__stack_chk_fail", "abort",
    "malloc", "posix_memalign", "free",
    "ceil", "floor", "trunc", "round", "rint", "nearbyint", "fmod", "fma", "sqrt",
    "exp", "exp2", "log", "log2", "log10", "pow", "sin", "cos", "tan", "asin", "acos", "atan",
  ]
  private static let exported = "fxaot_native_open"

  static func check(_ library: [UInt8]) throws(CompilerError) {
    guard let symbols = DynamicSymbols(library) else {
      throw .failed("the linker's output is not a shared library")
    }
    guard symbols.defined == [exported] else {
      let names = symbols.defined.prefix(3).joined(separator: ", ")
      throw .failed("the library must export only \(exported); it exports \(names)")
    }
    if let name = symbols.undefined.first(where: { !allowed.contains($0) }) {
      throw .failed("the library needs '\(name.prefix(80))', which is not allowed")
    }
  }
}
