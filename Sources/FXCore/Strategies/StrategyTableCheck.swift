import CFxaot

/// Checks a table from outside for everything that an engine later relies on without another check.
enum StrategyTableCheck {
  static func verdict(_ table: fxaot_strategy) -> fxaot_status {
    guard table.abi_version == FXAOT_ABI_VERSION else { return FXAOT_BAD_ABI }
    guard let name = table.name, name.pointee != 0, table.state_bytes != nil,
      table.reset != nil, table.step != nil, feedsAreGood(table), paramsAreGood(table)
    else { return FXAOT_BAD_ARGUMENT }
    return FXAOT_OK
  }

  /// 1 … FXAOT_MAX_FEEDS multiples, the first of them 1 and none 0.
  private static func feedsAreGood(_ table: fxaot_strategy) -> Bool {
    guard table.feed_count >= 1, table.feed_count <= UInt64(FXAOT_MAX_FEEDS),
      let multiples = table.feed_multiples, multiples[0] == 1
    else { return false }
    return (0..<Int(table.feed_count)).allSatisfy { multiples[$0] >= 1 }
  }

  private static func paramsAreGood(_ table: fxaot_strategy) -> Bool {
    guard table.param_count <= FXAOT_MAX_PARAMS else { return false }
    guard table.param_count > 0 else { return true }
    guard let params = table.params else { return false }
    let count = Int(table.param_count)
    for i in 0..<count {
      guard isGood(params[i]) else { return false }
      for j in 0..<i where CText.equal(params[i].name, params[j].name) { return false }
    }
    return true
  }

  /// A name, finite limits in order, and a default that is itself allowed.
  private static func isGood(_ param: fxaot_param) -> Bool {
    guard let name = param.name, name.pointee != 0 else { return false }
    guard param.minimum.isFinite, param.maximum.isFinite else { return false }
    return StrategyParameters.allows(param, param.default_value)
  }
}
