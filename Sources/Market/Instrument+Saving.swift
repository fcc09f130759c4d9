import CFxaot
import Records

extension Instrument {
  /// Its terms. A loaded one is checked as a new one is.
  package static func persist(_ instrument: Instrument?, _ archive: inout some StateArchive) -> Instrument? {
    var raw = fxaot_instrument()
    var (key, base, quote) = (instrument?.key ?? 0, instrument?.base ?? 0, instrument?.quote ?? 0)
    var (session, timezone) = (instrument?.hours.session ?? "", instrument?.hours.timezone ?? "")
    if let instrument { raw.take(instrument) }
    archive(&key)
    archive(&base)
    archive(&quote)
    archive(&raw.price_decimals)
    archive(&raw.step_units)
    archive(&raw.lot)
    archive(&raw.quantity_step)
    archive(&raw.minimum_quantity)
    archive(&raw.maximum_quantity)
    archive(&session)
    archive(&timezone)
    if !archive.isLoading { return instrument }
    // It is kept in steps alone.
    raw.pip_steps = 1
    guard archive.isValid, raw.name(base, quote), raw.open(session, timezone), let loaded = Instrument(raw, key: key)
    else {
      archive.fail()
      return nil
    }
    return loaded
  }
}

extension fxaot_instrument {
  fileprivate mutating func take(_ instrument: Instrument) {
    var power: Int64 = 1
    while power < instrument.grid.scaleInteger, price_decimals < 9 {
      power *= 10
      price_decimals += 1
    }
    step_units = UInt32(clamping: instrument.grid.stepUnitsInteger)
    lot = instrument.lot
    quantity_step = instrument.quantityStep
    minimum_quantity = instrument.minimumQuantity
    maximum_quantity = instrument.maximumQuantity
  }

  /// False for keys that are no names of currencies: these are as long as a key.
  fileprivate mutating func name(_ base: UInt64, _ quote: UInt64) -> Bool {
    withUnsafeMutableBytes(of: &self.base) { Self.fill($0, base) }
      && withUnsafeMutableBytes(of: &self.quote) { Self.fill($0, quote) }
  }

  private static func fill(_ field: UnsafeMutableRawBufferPointer, _ key: UInt64) -> Bool {
    withUnsafeBytes(of: key.littleEndian) { bytes in
      guard field.count == bytes.count, bytes[bytes.count - 1] == 0 else { return false }
      field.copyMemory(from: bytes)
      return true
    }
  }

  /// False for a text that does not fit.
  fileprivate mutating func open(_ session: String, _ timezone: String) -> Bool {
    withUnsafeMutableBytes(of: &self.session) { Self.fill($0, session) }
      && withUnsafeMutableBytes(of: &self.timezone) { Self.fill($0, timezone) }
  }

  private static func fill(_ field: UnsafeMutableRawBufferPointer, _ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count < field.count, !bytes.isEmpty, !bytes.contains(0) else { return false }
    field.copyBytes(from: bytes)
    return true
  }
}
