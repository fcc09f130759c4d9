import Artifacts
import Libc

/// Where a journal stands: its newest record. Each record holds the hash of the one before, so none can be changed, moved
/// or left out without a trace.
///
///     u64  sequence number of the newest record; 0 before the first one
///     u64  epoch
///     32   SHA-256 of the newest record's bytes; of a segment's header for its first record
package struct RecordChain: Equatable {
  package var sequence: UInt64
  package var epoch: UInt64
  package var hash: [UInt8]

  package init(sequence: UInt64 = 0, epoch: UInt64 = 1, hash: [UInt8] = Array(repeating: 0, count: SHA256.byteCount)) {
    (self.sequence, self.epoch, self.hash) = (sequence, epoch, hash)
  }

  package static let byteCount = 16 + SHA256.byteCount
}

/// A record of a segment: 57 bytes around its payload.
///
///     0   u32  length of the payload
///     4   u64  sequence number
///     12  u64  epoch
///     20  u8   type
///     21  ...  payload
///         32   SHA-256 of the record before
///         u32  CRC-32C of all bytes before
package enum RecordFrame {
  package static let headBytes = 21
  package static let tailBytes = SHA256.byteCount + 4
  package static let overhead = headBytes + tailBytes
  /// Of a payload; a larger length is damage.
  package static let mostBytes = 128 << 20

  /// A batch's records (u32 length, u8 type, payload) as records of a segment, in memory that the caller frees; nil for
  /// a batch that is not whole, or without memory. O(bytes).
  package static func frame(_ batch: UnsafeRawBufferPointer, _ chain: inout RecordChain)
    -> UnsafeMutableRawBufferPointer?
  {
    guard let records = count(batch) else { return nil }
    let size = batch.count + records * (overhead - batchHeadBytes)
    guard let memory = malloc(max(size, 1)) else { return nil }
    var (place, out) = (0, memory)
    while place < batch.count {
      let length = Int(batch.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      chain.sequence &+= 1
      out.storeBytes(of: UInt32(length), as: UInt32.self)
      out.storeBytes(of: chain.sequence, toByteOffset: 4, as: UInt64.self)
      out.storeBytes(of: chain.epoch, toByteOffset: 12, as: UInt64.self)
      out.storeBytes(of: batch[place + 4], toByteOffset: 20, as: UInt8.self)
      copy(
        UnsafeRawBufferPointer(rebasing: batch[place + batchHeadBytes..<place + batchHeadBytes + length]),
        to: out + headBytes)
      chain.hash.withUnsafeBytes { copy($0, to: out + headBytes + length) }
      let body = UnsafeRawBufferPointer(start: out, count: headBytes + length + SHA256.byteCount)
      out.storeBytes(of: CRC32C.sum(body), toByteOffset: body.count, as: UInt32.self)
      let whole = UnsafeRawBufferPointer(start: out, count: overhead + length)
      chain.hash.withUnsafeMutableBytes { if let start = $0.baseAddress { SHA256.hash(whole, into: start) } }
      place += batchHeadBytes + length
      out += overhead + length
    }
    return UnsafeMutableRawBufferPointer(start: memory, count: size)
  }

  private static let batchHeadBytes = 5

  private static func count(_ batch: UnsafeRawBufferPointer) -> Int? {
    var (place, count) = (0, 0)
    while place < batch.count {
      guard batch.count - place >= batchHeadBytes else { return nil }
      let length = Int(batch.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      guard length <= mostBytes, length <= batch.count - place - batchHeadBytes else { return nil }
      place += batchHeadBytes + length
      count += 1
    }
    return count
  }

  private static func copy(_ bytes: UnsafeRawBufferPointer, to out: UnsafeMutableRawPointer) {
    if let start = bytes.baseAddress, !bytes.isEmpty { out.copyMemory(from: start, byteCount: bytes.count) }
  }

  /// A whole record where it is.
  package struct Record: BitwiseCopyable {
    package var type: UInt8
    package var sequence, epoch: UInt64
    /// Of the record, and of its payload's length.
    package var offset, length: Int
  }

  /// What is wrong with bytes that are no record that follows the chain.
  package enum Fault: UInt32 {
    /// The bytes end inside a record, or hold zeros.
    case short = 1
    case length, sum, sequence, epoch, hash, type
  }

  /// The record at `offset`, and the chain after it; a fault changes nothing. O(record).
  package static func read(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ chain: inout RecordChain) -> Result<
    Record, ReadFault
  > {
    let left = bytes.count - offset
    guard left >= overhead else { return .failure(ReadFault(.short)) }
    let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    if length > mostBytes { return .failure(ReadFault(.length)) }
    if length > left - overhead { return .failure(ReadFault(.short)) }
    let whole = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + overhead + length])
    let sum = whole.loadUnaligned(fromByteOffset: whole.count - 4, as: UInt32.self)
    guard CRC32C.sum(UnsafeRawBufferPointer(rebasing: whole.dropLast(4))) == sum else {
      return .failure(ReadFault(.sum))
    }
    let record = Record(
      type: whole[20], sequence: whole.loadUnaligned(fromByteOffset: 4, as: UInt64.self),
      epoch: whole.loadUnaligned(fromByteOffset: 12, as: UInt64.self), offset: offset, length: length)
    if record.type == 0 || record.type > mostTypes { return .failure(ReadFault(.type)) }
    if record.sequence != chain.sequence &+ 1 { return .failure(ReadFault(.sequence)) }
    if record.epoch < chain.epoch { return .failure(ReadFault(.epoch)) }
    guard whole[(headBytes + length)..<(headBytes + length + SHA256.byteCount)].elementsEqual(chain.hash) else {
      return .failure(ReadFault(.hash))
    }
    chain.sequence = record.sequence
    chain.epoch = record.epoch
    chain.hash.withUnsafeMutableBytes { if let start = $0.baseAddress { SHA256.hash(whole, into: start) } }
    return .success(record)
  }

  package struct ReadFault: Error {
    package let fault: Fault
    init(_ fault: Fault) { self.fault = fault }
  }

  /// Types above are of later versions, or damage.
  package static let mostTypes: UInt8 = 32

  /// Whether a whole record of the same journal lies somewhere after `offset`: then what is there is damage in the
  /// middle, and not the torn end. O(bytes) for most bytes.
  package static func hasLater(_ bytes: UnsafeRawBufferPointer, than offset: Int, _ chain: RecordChain) -> Bool {
    var place = offset + 1
    while bytes.count - place >= overhead {
      let sequence = bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt64.self)
      if sequence > chain.sequence, sequence - chain.sequence <= UInt64(bytes.count / overhead) + 1 {
        let length = Int(bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        if length <= bytes.count - place - overhead {
          let body = UnsafeRawBufferPointer(rebasing: bytes[place..<place + overhead + length - 4])
          let sum = bytes.loadUnaligned(fromByteOffset: place + body.count, as: UInt32.self)
          if CRC32C.sum(body) == sum { return true }
        }
      }
      place += 1
    }
    return false
  }
}
