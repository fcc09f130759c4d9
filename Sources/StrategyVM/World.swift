import CFxaot
import Calendar
import Indicators
import StrategyIR

/// A program at work: its instructions, its state block and the results of its newest step. One for
/// the chart, one for each `request.security`.
///
/// Belongs to one runner. A step allocates nothing, but for new texts and a longer list of orders.
final class World {
  let code: WorldCode
  let instructions: UnsafeMutablePointer<Instruction>
  let state: UnsafeMutableRawPointer
  /// The kernels' structs, one behind the other.
  let kernelBytes: UnsafeMutableRawPointer
  let kernels: UnsafeMutablePointer<KernelCall>
  let orders: UnsafeMutablePointer<OrderSlot>
  let times: UnsafeMutablePointer<TimeQuery>
  let fields: UnsafeMutablePointer<BarField>
  let fieldCount: Int
  let output: UnsafeMutablePointer<StepOutput>
  /// The host that native code of this world gets; its callbacks lead back here.
  let host: UnsafeMutablePointer<fxaot_native_host>
  let hasPlainFields: Bool
  let texts: TextFunctions
  /// nil: the program has no objects.
  let heap: ObjectHeap?
  let mintick, pointValue: Double
  let budget: Int

  struct KernelCall {
    let step: KernelStep
    let kernel: UnsafeRawPointer
    /// Of the kernel's state, and how long that is.
    let offset, bytes: Int
  }

  var registers: UnsafeMutablePointer<Double> {
    (state + WorldCode.headerBytes).assumingMemoryBound(to: Double.self)
  }

  init(_ code: WorldCode, environment: ScriptEnvironment, texts: TextFunctions) {
    self.code = code
    self.texts = texts
    heap =
      code.usesObjects
      ? ObjectHeap(texts: texts, languageVersion: code.languageVersion, mostDrawings: code.mostDrawings) : nil
    mintick = environment.symbol.mintick
    pointValue = environment.symbol.pointValue
    budget = environment.stepBudget
    instructions = Self.copied(code.instructions)
    orders = Self.copied(code.orders)
    times = Self.copied(code.times)
    fields = Self.copied(code.fields)
    fieldCount = code.fields.count
    hasPlainFields = code.fields.allSatisfy(\.isPlain)
    host = .allocate(capacity: 1)
    state = .allocate(byteCount: code.stateBytes, alignment: 64)
    output = .allocate(capacity: 1)
    output.initialize(to: StepOutput(plots: code.plotCount, clock: BarClock(environment)))
    kernels = .allocate(capacity: max(code.kernels.count, 1))
    let sizes = code.kernels.map { ($0.binding.kernel.count + 15) & ~15 }
    kernelBytes = .allocate(byteCount: max(sizes.reduce(0, +), 1), alignment: 16)
    var place = kernelBytes
    for (i, slot) in code.kernels.enumerated() {
      place.copyMemory(from: slot.binding.kernel, byteCount: slot.binding.kernel.count)
      (kernels + i).initialize(
        to: KernelCall(
          step: slot.binding.step, kernel: UnsafeRawPointer(place), offset: slot.stateOffset,
          bytes: slot.binding.stateBytes))
      place += sizes[i]
    }
    introduceHost()
    reset()
  }

  private static func copied<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
    let copy = UnsafeMutablePointer<T>.allocate(capacity: max(values.count, 1))
    copy.initialize(from: values, count: values.count)
    return copy
  }

  deinit {
    instructions.deallocate()
    orders.deinitialize(count: code.orders.count).deallocate()
    times.deinitialize(count: code.times.count).deallocate()
    fields.deallocate()
    state.deallocate()
    output.pointee.deallocate()
    output.deinitialize(count: 1).deallocate()
    host.deallocate()
    kernels.deallocate()
    kernelBytes.deallocate()
  }

  /// As before the first bar.
  func reset() {
    state.initializeMemory(as: UInt8.self, repeating: 0, count: code.stateBytes)
    registers.update(from: code.registers, count: code.registers.count)
    for slot in code.series {
      let series = state + slot.offset
      series.storeBytes(
        of: SeriesHeader(count: 0, mask: slot.capacity - 1, stamp: 0, reserved: 0),
        as: SeriesHeader.self)
      (series + SeriesHeader.bytes).initializeMemory(
        as: Double.self, repeating: slot.empty, count: slot.capacity)
    }
    for slot in code.kernels { slot.binding.reset(state + slot.stateOffset) }
    heap?.reset()
    output.pointee.clear()
    output.pointee.failure = nil
  }

  /// After foreign bytes were put into the state: the rings' sizes are as they must be. Whatever
  /// else is in the state cannot lead outside of it.
  func mendState() {
    for slot in code.series {
      let series = (state + slot.offset).assumingMemoryBound(to: SeriesHeader.self)
      series.pointee.mask = slot.capacity - 1
    }
  }

  func write(_ writer: inout StateWriter) {
    writer.block(state, code.stateBytes)
    output.pointee.clock.write(&writer)
    heap?.write(&writer)
  }

  func read(_ reader: inout StateReader) {
    reader.block(state, code.stateBytes)
    mendState()
    output.pointee.clock.read(&reader)
    heap?.read(&reader)
  }

  var failure: ScriptFailure? { output.pointee.failure }

  /// The number of the bar that comes next.
  var nextIndex: Int { state.assumingMemoryBound(to: StateHeader.self).pointee.bar }

  /// Runs the program on one bar; false when it has failed, now or before.
  @inline(__always)
  func step(
    _ bar: UnsafePointer<ScriptBar>, _ place: BarPlace, _ book: UnsafePointer<BookView>
  ) -> Bool {
    guard let native = output.pointee.plainNative else { return stepAside(bar, place, book) }
    guard output.pointee.failure == nil else { return false }
    output.pointee.clear()
    return runPlain(native, bar, place, book)
  }

  /// On the VM, or with objects or a calendar. A function of its own, which keeps the other way short.
  @inline(never)
  private func stepAside(
    _ bar: UnsafePointer<ScriptBar>, _ place: BarPlace, _ book: UnsafePointer<BookView>
  ) -> Bool {
    guard output.pointee.failure == nil else { return false }
    output.pointee.clear()
    if let heap { reclaim(heap) }
    if let native = output.pointee.native { return runNative(native, bar, place, book) }
    begin(bar.pointee, place)
    run(book)
    return output.pointee.failure == nil
  }

  /// The old bar's fields go to their histories, the new bar's into their registers.
  func begin(_ bar: ScriptBar, _ place: BarPlace) {
    let header = state.assumingMemoryBound(to: StateHeader.self)
    let registers = registers
    let index = header.pointee.bar
    if index > 0 {
      for series in code.fieldSeries {
        push(registers[Int(series.field.rawValue)], series.offset)
      }
    }
    header.pointee.bar = index &+ 1
    for i in 0..<fieldCount {
      let field = fields[i]
      registers[Int(field.rawValue)] = output.pointee.clock.value(field, bar, place, index)
    }
  }

  @inline(__always)
  func push(_ value: Double, _ offset: Int) { past(offset).push(state + offset, value) }

  /// The series at a byte of the state.
  @inline(__always)
  func past(_ offset: Int) -> Pine.Past {
    Pine.Past(mask: (state + offset).assumingMemoryBound(to: SeriesHeader.self).pointee.mask)
  }

  /// Before a bar: what nothing refers to any more makes room.
  private func reclaim(_ heap: ObjectHeap) {
    heap.begin()
    guard heap.needsCollection else { return }
    var roots = [UnsafeBufferPointer(start: UnsafePointer(registers), count: code.registers.count)]
    for series in code.series where series.holdsReferences {
      let ring = (state + series.offset + SeriesHeader.bytes).assumingMemoryBound(to: Double.self)
      roots.append(UnsafeBufferPointer(start: UnsafePointer(ring), count: series.capacity))
    }
    heap.collect(roots)
  }

  func fail(_ failure: ScriptFailure) {
    if output.pointee.failure == nil { output.pointee.failure = failure }
  }
}
