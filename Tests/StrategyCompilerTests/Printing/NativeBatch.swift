import CFxaot
import Foundation

@testable import StrategyCompiler
@testable import StrategyVM

/// Plans compiled together to one library, since starting a compiler takes longer than compiling a
/// plan. Its one exported function is asked for a plan by number.
final class NativeBatch {
  private typealias Open = @convention(c) (UnsafeMutablePointer<fxaot_native>?) -> Int32

  private let library: UnsafeMutableRawPointer
  private let tables: UnsafeMutablePointer<fxaot_native>
  private let count: Int

  struct Failure: Error { var why: String }

  init(_ plans: [NativePlan], with compiler: NativeCompiler) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/batch.so"
    let library = try compiler.library(of: Self.source(plans), for: .thisMachine)
    try Data(library).write(to: URL(fileURLWithPath: path))
    guard let opened = dlopen(path, RTLD_NOW | RTLD_LOCAL),
      let symbol = dlsym(opened, FXAOT_NATIVE_OPEN)
    else { throw Failure(why: String(cString: dlerror())) }
    self.library = opened
    let open = unsafeBitCast(symbol, to: Open.self)
    count = plans.count
    tables = .allocate(capacity: max(count, 1))
    for number in 0..<count {
      (tables + number).initialize(to: fxaot_native())
      tables[number].world_count = UInt32(number)
      guard open(tables + number) == 0 else { throw Failure(why: "plan \(number)") }
    }
  }

  deinit {
    tables.deallocate()
    dlclose(library)
  }

  func attach(_ number: Int, to runner: ScriptRunner) throws {
    try runner.attach(UnsafePointer(tables + number), keeping: self)
  }

  private static func source(_ plans: [NativePlan]) throws -> String {
    var text = StepPrinter.imports
    for (number, plan) in plans.enumerated() {
      text += try StepPrinter(plan, prefix: "p\(number)_", symbol: nil).declarations()
    }
    text += "@_cdecl(\"\(FXAOT_NATIVE_OPEN)\")\n"
    text += "public func open(_ out: UnsafeMutablePointer<fxaot_native>?) -> Int32 {\n"
    text += "  guard let out else { return 1 }\n"
    text += "  switch out.pointee.world_count {\n"
    for number in plans.indices { text += "  case \(number): return p\(number)_open(out)\n" }
    return text + "  default: return 1\n  }\n}\n"
  }
}

/// The compiler of this machine, with a cache that the tests of one run share.
enum InstalledCompiler {
  nonisolated(unsafe) private static let cache = try? TemporaryFolder()

  static func make() throws -> NativeCompiler {
    guard let toolchain = Checkout.toolchain, let cache else {
      throw NativeBatch.Failure(why: "no compiler")
    }
    var compiler = NativeCompiler(
      toolchain: toolchain, kernels: try Checkout.kernels(),
      cache: CacheFolders(root: cache.path))
    // A batch is a long text, and the tests beside this one want the processors too.
    compiler.seconds = 900
    return compiler
  }
}
