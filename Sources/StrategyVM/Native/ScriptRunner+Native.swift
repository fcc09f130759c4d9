import Artifacts
import CFxaot

extension ScriptRunner {
  /// From the next bar on native code takes the steps, on the same state: any bar is fine for it, and
  /// the results stay the same to the bit. The runner keeps the code as long as it uses it.
  /// `.otherPlan` for code of another script, or of other parameters. O(worlds) where the plan has been
  /// asked for, else O(size of the script).
  public func attach(_ code: NativeCode) throws(ArtifactError) {
    try attach(code.table, keeping: code)
  }

  func attach(_ table: UnsafePointer<fxaot_native>, keeping owner: AnyObject) throws(ArtifactError) {
    let worlds = self.worlds
    let hash = withUnsafeBytes(of: table.pointee.plan) { Array($0) }
    guard hash == planHash, table.pointee.world_count == worlds.count,
      let stateBytes = table.pointee.state_bytes, let step = table.pointee.step
    else { throw .otherPlan }
    var steps: [fxaot_native_step] = []
    for (number, world) in worlds.enumerated() {
      let number = UInt32(truncatingIfNeeded: number)
      guard stateBytes(number) == UInt64(world.code.stateBytes), let step = step(number) else {
        throw .otherPlan
      }
      steps.append(step)
    }
    for (world, step) in zip(worlds, steps) { world.take(native: step) }
    nativeOwner = owner
  }

  /// The plan's bytes and their hash. O(size of the script).
  public func encodedPlan() -> (bytes: [UInt8], hash: [UInt8]) {
    let bytes = plan.encoded()
    let hash = knownPlanHash ?? SHA256.hash(bytes)
    knownPlanHash = hash
    return (bytes, hash)
  }

  /// Hashed once: a runner's plan never changes.
  private var planHash: [UInt8] { knownPlanHash ?? encodedPlan().hash }

  /// From the next bar on the VM tak the steps again.
  public func detach() {
    for world in worlds { world.take(native: nil) }
    nativeOwner = nil
  }

  public var isNative: Bool { nativeOwner != nil }

  /// In the plan's order.
  private var worlds: [World] {
    var worlds = [world]
    forEachFeed { worlds.append($0.world) }
    return worlds
  }
}
