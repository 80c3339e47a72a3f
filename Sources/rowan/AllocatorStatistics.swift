import InferenceServer

#if Jemalloc
    import CJemalloc
#endif

/// Asks the allocator for its statistics.
///
/// - Source: jemalloc(3), `epoch` and `stats.*`.
enum AllocatorStatistics {
    /// The figures of this moment; nil where the allocator keeps none.
    @Sendable static func current() -> AllocatorFigures? {
        #if Jemalloc
            refresh()
            guard let allocated = figure("stats.allocated"), let active = figure("stats.active"),
                let resident = figure("stats.resident")
            else { return nil }
            return AllocatorFigures(allocated: allocated, active: active, resident: resident)
        #else
            return nil
        #endif
    }

    #if Jemalloc
        /// Lets the statistics be those of now: without a write to `epoch` they stay those of the last one.
        private static func refresh() {
            var epoch: UInt64 = 1
            // jemalloc reads a 64-bit number of the size that it is told.
            unsafe _ = mallctl("epoch", nil, nil, &epoch, MemoryLayout<UInt64>.size)
        }

        private static func figure(_ name: String) -> UInt64? {
            var value = 0
            var size = MemoryLayout<Int>.size
            // jemalloc writes a `size_t` into `value`, whose size it is told; it refuses names without statistics.
            let code = unsafe mallctl(name, &value, &size, nil, 0)
            return code == 0 ? UInt64(value) : nil
        }
    #endif
}
