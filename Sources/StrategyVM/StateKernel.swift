import Indicators

/// What all kernels have in common: a state of known size that begins somewhere.
protocol StateKernel {
  var stateBytes: Int { get }
  func reset(_ state: UnsafeMutableRawPointer)
}

extension Pine.SMA: StateKernel {}
extension Pine.SlotExtreme: StateKernel {}
extension Pine.Sum: StateKernel {}
extension Pine.WMA: StateKernel {}
extension Pine.VWMA: StateKernel {}
extension Pine.HMA: StateKernel {}
extension Pine.SWMA: StateKernel {}
extension Pine.ALMA: StateKernel {}
extension Pine.EMA: StateKernel {}
extension Pine.RMA: StateKernel {}
extension Pine.RSI: StateKernel {}
extension Pine.MACD: StateKernel {}
extension Pine.TSI: StateKernel {}
extension Pine.Variance: StateKernel {}
extension Pine.StandardDeviation: StateKernel {}
extension Pine.BollingerBands: StateKernel {}
extension Pine.MeanDeviation: StateKernel {}
extension Pine.CCI: StateKernel {}
extension Pine.CMO: StateKernel {}
extension Pine.MFI: StateKernel {}
extension Pine.Change: StateKernel {}
extension Pine.Stochastic: StateKernel {}
extension Pine.WilliamsR: StateKernel {}
extension Pine.LinearRegression: StateKernel {}
extension Pine.CenterOfGravity: StateKernel {}
extension Pine.Correlation: StateKernel {}
extension Pine.Median: StateKernel {}
extension Pine.Mode: StateKernel {}
extension Pine.PercentileNearestRank: StateKernel {}
extension Pine.PercentileLinearInterpolation: StateKernel {}
extension Pine.PercentRank: StateKernel {}
extension Pine.RankCorrelation: StateKernel {}
extension Pine.Extreme: StateKernel {}
extension Pine.ExtremeBars: StateKernel {}
extension Pine.Range: StateKernel {}
extension Pine.AllTimeExtreme: StateKernel {}
extension Pine.Cumulative: StateKernel {}
extension Pine.FixNan: StateKernel {}
extension Pine.TrueRange: StateKernel {}
extension Pine.ATR: StateKernel {}
extension Pine.DMI: StateKernel {}
extension Pine.ParabolicSAR: StateKernel {}
extension Pine.Supertrend: StateKernel {}
extension Pine.KeltnerChannels: StateKernel {}
extension Pine.Cross: StateKernel {}
extension Pine.Crossing: StateKernel {}
extension Pine.Trend: StateKernel {}
extension Pine.BarsSince: StateKernel {}
extension Pine.ValueWhen: StateKernel {}
extension Pine.Pivot: StateKernel {}
extension Pine.VolumeLine: StateKernel {}
extension Pine.VWAP: StateKernel {}

/// Functions of one bar only.
struct Stateless: StateKernel {
  var stateBytes: Int { 0 }
  func reset(_ state: UnsafeMutableRawPointer) {}
}
