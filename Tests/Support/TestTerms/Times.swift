package let second: Int64 = 1_000_000_000
package let minute: Int64 = 60 * second
package let hour: Int64 = 60 * minute
/// 2023-12-28 00:00 UTC, where the tests' quotes begin: a multiple of days and of weeks since 1970.
package let start: Int64 = 1_703_721_600 * second
