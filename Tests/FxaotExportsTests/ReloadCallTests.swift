import CFxaot
import FxaotExports
import Testing

/// Reloads and native code across the C interface: the way of a version, and calls that make no sense.
struct ReloadCallTests {
  private let argument = Int32(FXAOT_BAD_ARGUMENT.rawValue)
  private let minute = fxaot_timeframe(kind: UInt32(FXAOT_TF_MINUTES), count: 1)

  private func basis(_ world: CWorld, _ ref: UInt64) throws -> OpaquePointer {
    var out: OpaquePointer?
    try #require(fxaot_engine_reload_basis(world.engine, ref, minute, 0, &out, nil) == 0)
    return try #require(out)
  }

  private func prepare(
    _ basis: OpaquePointer, _ name: String, _ out: inout OpaquePointer?,
    _ error: inout fxaot_engine_refusal
  ) -> Int32 {
    name.withCString { name in
      var deployment = fxaot_deployment()
      deployment.strategy = name
      return fxaot_prepare_strategy(basis, &deployment, &out, &error)
    }
  }

  @Test func `a version goes from basis to swap`() throws {
    let world = try CWorld()
    try world.deploy("ma_crossover", ref: 7, [("fast", 4)])
    for minute in 0..<50 {
      _ = fxaot_tick(world.engine, 1, 1_703_721_600_000_000_000 + Int64(minute) * 60_000_000_000, 1.1, 1.1, 0, 0, 0)
    }
    let basis = try basis(world, 7)
    defer { fxaot_basis_free(basis) }
    #expect(fxaot_basis_is_script(basis) == 0)
    var version: OpaquePointer?
    var error = fxaot_engine_refusal()
    #expect(prepare(basis, "mean_reversion", &version, &error) == 0)
    defer { fxaot_prepared_free(version) }
    for minute in 50..<60 {
      _ = fxaot_tick(world.engine, 1, 1_703_721_600_000_000_000 + Int64(minute) * 60_000_000_000, 1.1, 1.1, 0, 0, 0)
    }
    #expect(fxaot_engine_swap_bars(world.engine, 7, version) == 10)
    #expect(fxaot_engine_swap(world.engine, 7, version, &error) == 0)
    var reload = fxaot_reload()
    fxaot_prepared_read_reload(version, &reload)
    #expect(reload.version == 2 && reload.warm_bars == 59 && reload.changes > 0)
    var changes = [fxaot_change](repeating: fxaot_change(), count: Int(reload.changes))
    #expect(fxaot_prepared_changes(version, &changes, 1) == reload.changes)
    #expect(fxaot_prepared_changes(version, &changes, reload.changes) == reload.changes)
    #expect(changes.allSatisfy { $0.name != nil && $0.what != 0 })
    var stats = fxaot_strategy_stats()
    #expect(fxaot_engine_strategies(world.engine, &stats, 1) == 1)
    #expect(stats.version == 2 && stats.tier == UInt32(FXAOT_TIER_BUILT_IN))
    #expect(fxaot_engine_swap(world.engine, 7, version, &error) == Int32(FXAOT_STALE.rawValue))
  }

  @Test func `a version outlives the engine it was made for`() throws {
    var version: OpaquePointer?
    var error = fxaot_engine_refusal()
    let basis: OpaquePointer
    do {
      let world = try CWorld()
      try world.deploy("ma_crossover", ref: 7, [])
      basis = try self.basis(world, 7)
    }
    #expect(prepare(basis, "ma_crossover", &version, &error) == 0)
    fxaot_basis_free(basis)
    let other = try CWorld()
    try other.deploy("ma_crossover", ref: 7, [])
    #expect(fxaot_engine_swap(other.engine, 7, version, &error) == Int32(FXAOT_STALE.rawValue))
    fxaot_prepared_free(version)
  }

  @Test func `nothing is done without an argument that is needed`() throws {
    let world = try CWorld()
    try world.deploy("ma_crossover", ref: 7, [])
    let basis = try basis(world, 7)
    defer { fxaot_basis_free(basis) }
    var out: OpaquePointer?
    var plan = fxaot_plan()
    #expect(fxaot_engine_reload_basis(nil, 7, minute, 0, &out, nil) == argument)
    #expect(fxaot_engine_reload_basis(world.engine, 7, minute, 0, nil, nil) == argument)
    #expect(fxaot_prepare_strategy(nil, nil, &out, nil) == argument)
    #expect(fxaot_prepare_strategy(basis, nil, &out, nil) == argument)
    #expect(fxaot_prepare_script(basis, nil, &out, nil) == argument)
    var nameless = fxaot_deployment()
    #expect(fxaot_prepare_strategy(basis, &nameless, &out, nil) == argument)
    nameless.param_count = 3
    #expect(fxaot_prepare_strategy(basis, &nameless, &out, nil) == argument)
    #expect(out == nil)
    #expect(fxaot_engine_swap(world.engine, 7, nil, nil) == argument)
    #expect(fxaot_engine_swap(nil, 7, nil, nil) == argument)
    #expect(fxaot_engine_swap_bars(nil, 7, nil) == 0)
    #expect(fxaot_native_load(nil, &out, nil) == argument)
    #expect(fxaot_native_load("x", nil, nil) == argument)
    #expect(fxaot_engine_attach_native(world.engine, 7, nil, nil) == argument)
    #expect(fxaot_prepared_attach_native(nil, nil, nil) == argument)
    #expect(fxaot_engine_detach_native(nil, 7, nil) == argument)
    #expect(fxaot_engine_script_plan(world.engine, 7, nil, nil) == argument)
    #expect(fxaot_engine_script_plan(world.engine, 8, &plan, nil) == Int32(FXAOT_NOT_FOUND.rawValue))
    #expect(fxaot_engine_script_plan(world.engine, 7, &plan, nil) == Int32(FXAOT_BAD_SCRIPT.rawValue))
    #expect(plan.bytes == nil)
    #expect(fxaot_prepared_script_plan(nil, &plan, nil) == argument)
    fxaot_plan_free(&plan)
    fxaot_plan_free(nil)
    fxaot_basis_free(nil)
    fxaot_prepared_free(nil)
    fxaot_native_free(nil)
    fxaot_native_read_info(nil, nil)
    fxaot_prepared_read_reload(nil, nil)
    #expect(fxaot_prepared_changes(nil, nil, 9) == 0)
    #expect(fxaot_basis_is_script(nil) == 0)
  }

  @Test func `a refusal is a sentence`() throws {
    let world = try CWorld()
    try world.deploy("ma_crossover", ref: 7, [])
    let basis = try basis(world, 7)
    defer { fxaot_basis_free(basis) }
    var error = fxaot_engine_refusal()
    var out: OpaquePointer?
    let bytes: [UInt8] = [1, 2, 3]
    let status = bytes.withUnsafeBytes { bytes in
      var script = fxaot_script()
      script.program = bytes.baseAddress
      script.length = UInt64(bytes.count)
      return fxaot_prepare_script(basis, &script, &out, &error)
    }
    #expect(status == Int32(FXAOT_BAD_RELOAD.rawValue) && out == nil)
    #expect(withUnsafeBytes(of: error.message) { $0.prefix { $0 != 0 }.count } > 20)
    #expect(fxaot_native_load("/nowhere/x.manifest", &out, &error) == Int32(FXAOT_BAD_ARTIFACT.rawValue))
    #expect(withUnsafeBytes(of: error.message) { $0.prefix { $0 != 0 }.count } > 20)
    #expect(fxaot_status_name(Int32(FXAOT_STALE.rawValue)).map { String(cString: $0) } == "stale")
  }
}
