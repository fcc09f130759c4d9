import CFxaot

/// The meaning of a header's names, whatever their case, order and marks.
enum ColumnNames {
  /// A column's meaning. Of several columns of one kind the lowest rank is taken, then the first.
  struct Meaning {
    var kind: Int
    var rank = 0
  }

  /// Letters and digits of a name, small, without a part in parentheses: `<DATE>` is `date`,
  /// `Time (EET)` is `time`.
  static func plain(_ bytes: some Sequence<UInt8>) -> String {
    var result: [UInt8] = []
    for byte in bytes {
      switch byte {
      case 0x28 where !result.isEmpty, 0x5B where !result.isEmpty: return String(decoding: result, as: UTF8.self)
      case 0x41...0x5A: result.append(byte | 0x20)
      case 0x61...0x7A, 0x30...0x39: result.append(byte)
      default: break
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  static func meaning(of field: LineField) -> Meaning? {
    let name = plain(field.bytes)
    if let kind = kinds[name] { return kind }
    // Volume BTC, Volume USDT: a currency in capitals.
    if name.hasPrefix("volume"), (9...11).contains(name.utf8.count),
      field.bytes.suffix(name.utf8.count - 6).allSatisfy({ (0x41...0x5A).contains($0) })
    {
      return Meaning(kind: FXAOT_COLUMN_VOLUME, rank: 3)
    }
    return nil
  }

  /// The zone that a name says its times are in: `Gmt time`, `Time (EET)`, `timestamp_utc`.
  static func zone(of field: LineField) -> String? {
    let bytes = field.bytes
    if let open = bytes.lastIndex(of: 0x28), let close = bytes.lastIndex(of: 0x29), open < close {
      let inside = String(decoding: bytes[bytes.index(after: open)..<close], as: UTF8.self)
      return units.contains(inside.lowercased()) ? nil : inside
    }
    let name = plain(bytes)
    return name.contains("gmt") || name.hasSuffix("utc") ? "UTC" : nil
  }

  private static let units: Set<String> = ["s", "ms", "us", "ns", "sec", "msec", "unix", "epoch"]

  private static let kinds: [String: Meaning] = {
    var kinds: [String: Meaning] = [:]
    func add(_ kind: Int, _ ranked: [[String]]) {
      for (rank, names) in ranked.enumerated() {
        for name in names { kinds[name] = Meaning(kind: kind, rank: rank) }
      }
    }
    add(
      FXAOT_COLUMN_TIME,
      [
        ["unix", "unixtime", "unixtimestamp", "epoch", "timens", "timems", "timestampms", "timestampns"],
        [
          "timestamp", "datetime", "opentime", "gmttime", "localtime", "ts", "t", "timeutc",
          "datetimeutc", "timestamputc", "utctime", "utc", "opentimems", "openedat", "datetimegmt",
          "barstart", "windowstart", "ratedatetime", "index",
        ],
      ])
    add(FXAOT_COLUMN_CLOCK, [["time", "clock", "timeofday", "hhmmss", "hhmm"]])
    add(FXAOT_COLUMN_DATE, [["date", "day", "dtyyyymmdd", "yyyymmdd", "gmtdate", "utcdate"]])
    add(FXAOT_COLUMN_OPEN, [["open", "o", "openprice"], ["bidopen", "openbid", "midopen", "mido", "bido"]])
    add(FXAOT_COLUMN_HIGH, [["high", "h", "highprice"], ["bidhigh", "highbid", "midhigh", "midh", "bidh"]])
    add(FXAOT_COLUMN_LOW, [["low", "l", "lowprice"], ["bidlow", "lowbid", "midlow", "midl", "bidl"]])
    add(
      FXAOT_COLUMN_CLOSE,
      [
        ["close", "c", "closeprice", "closelast"], ["bidclose", "closebid", "midclose", "midc", "bidc"],
        ["last", "price", "lastprice"],
      ])
    add(
      FXAOT_COLUMN_VOLUME,
      [
        ["volume", "v"],
        ["tickvol", "tickvolume", "tickqty", "ticks", "totalticks"],
        ["vol", "realvolume", "basevolume", "volumebase", "qty", "quantity", "size", "amount"],
      ])
    add(FXAOT_COLUMN_BID, [["bid", "bidprice", "b", "ratebid", "pricebid", "bestbid", "bestbidprice"]])
    add(
      FXAOT_COLUMN_ASK,
      [["ask", "askprice", "a", "offer", "ofr", "rateask", "priceask", "bestask", "bestaskprice"]])
    add(
      FXAOT_COLUMN_BID_SIZE,
      [["bidvolume", "bidsize", "bidvol", "bidqty", "bidquantity", "volumebid", "bestbidqty"]])
    add(
      FXAOT_COLUMN_ASK_SIZE,
      [["askvolume", "asksize", "askvol", "askqty", "askquantity", "volumeask", "bestaskqty"]])
    add(FXAOT_COLUMN_SYMBOL, [["symbol", "ticker", "pair", "instrument", "currencypair", "sym"]])
    add(FXAOT_COLUMN_PRICE, [["mid", "rate", "value", "midprice"]])
    return kinds
  }()
}

extension LineCursor {
  /// Whether this line names columns, such as a header repeated in the middle of a text.
  var isColumnNames: Bool {
    for delimiter: UInt8 in [0x2C, 0x3B, 0x09, 0x7C] {
      var line = self
      var known = 0
      var fields = 0
      while let field = line.field(delimiter, isFirst: fields == 0) {
        if ColumnNames.meaning(of: field) != nil { known += 1 }
        fields += 1
      }
      if known >= 3 { return true }
    }
    return false
  }
}
