import HTTPConnections
import LinuxSystem

/// Figures of the server, its process and its machine.
extension MetricsPage {
    func writeServer(to page: inout ByteBuffer) {
        page.appendFamily("rowan_build_info", "gauge", "1; the labels say which build runs.")
        page.append("rowan_build_info{version=\"")
        page.append(Self.escaped(process.build.version))
        page.append("\",commit=\"")
        page.append(Self.escaped(process.build.commit))
        page.append("\",compiler=\"")
        page.append(Self.escaped(process.build.compiler))
        page.append("\"} 1\n")
        page.append(
            "rowan_overloaded", "gauge", "1 while requests are refused for want of room.",
            value: process.isOverloaded ? 1 : 0 as UInt64)
        page.appendFamily("rowan_model_loads_total", "counter", "Model versions loaded, and loads that failed.")
        page.append("rowan_model_loads_total{result=\"success\"} ")
        page.appendLine(process.loadedModels)
        page.append("rowan_model_loads_total{result=\"failure\"} ")
        page.appendLine(process.failedLoads)
        writeConnections(to: &page)
        writeLoops(to: &page)
    }

    private func writeConnections(to page: inout ByteBuffer) {
        page.append("rowan_connections", "gauge", "Open connections of clients.", value: process.openConnections)
        page.append(
            "rowan_connections_accepted_total", "counter", "Connections of clients that were accepted.",
            value: process.acceptedConnections)
        page.appendFamily("rowan_connections_closed_total", "counter", "Connections that have ended, by reason.")
        for end in ConnectionEnd.allCases where Int(end.rawValue) < process.closedConnections.count {
            page.append("rowan_connections_closed_total{reason=\"")
            page.append(end.label)
            page.append("\"} ")
            page.appendLine(process.closedConnections[Int(end.rawValue)])
        }
        page.append(
            "rowan_unread_answer_bytes", "gauge", "Answers that wait because clients do not take them.",
            value: process.unreadAnswerBytes)
    }

    private func writeLoops(to page: inout ByteBuffer) {
        page.appendFamily("rowan_loop_ticks_total", "counter", "Turns of each event loop.")
        loopSamples("rowan_loop_ticks_total", to: &page) { $1.appendDecimal(UInt($0.tickCount)) }
        page.appendFamily("rowan_loop_cpu_seconds_total", "counter", "Processor time of each event loop.")
        loopSamples("rowan_loop_cpu_seconds_total", to: &page) { loop, page in
            page.append((Double(loop.processorTime?.count ?? 0) / 1e9).description)
        }
        page.appendFamily("rowan_loop_connections", "gauge", "Open connections of each event loop.")
        loopSamples("rowan_loop_connections", to: &page) { $1.appendDecimal(UInt($0.connectionCount)) }
    }

    private func loopSamples(
        _ name: StaticString, to page: inout ByteBuffer, _ value: (ProcessFigures.Loop, inout ByteBuffer) -> Void
    ) {
        for (index, loop) in process.loops.enumerated() {
            page.append(name)
            page.append("{loop=\"")
            page.appendDecimal(index)
            page.append("\"} ")
            value(loop, &page)
            page.append("\n")
        }
    }

    func writeProcess(to page: inout ByteBuffer) {
        page.append("process_resident_memory_bytes", "gauge", "Resident memory.", value: process.residentBytes)
        page.append("process_virtual_memory_bytes", "gauge", "Virtual memory.", value: process.virtualBytes)
        page.append("process_open_fds", "gauge", "Open file descriptors.", value: process.openDescriptors)
        page.append("process_max_fds", "gauge", "Most descriptors that may be open.", value: process.descriptorLimit)
        page.append("process_cpu_seconds_total", "counter", "User and system CPU time.", value: process.cpuSeconds)
        page.append(
            "process_start_time_seconds", "gauge", "Start of the process since the epoch.",
            value: process.startTimeSeconds)
        if let allocator = process.allocator { writeAllocator(allocator, to: &page) }
        if let machine = process.machine { writeMachine(machine, to: &page) }
        // There is no such pool: Triton without a GPU says the same.
        page.append("nv_pinned_memory_pool_total_bytes", "gauge", "Pinned memory; there is none.", value: 0 as UInt64)
        page.append("nv_pinned_memory_pool_used_bytes", "gauge", "Pinned memory in use.", value: 0 as UInt64)
    }

    private func writeAllocator(_ figures: AllocatorFigures, to page: inout ByteBuffer) {
        page.append(
            "rowan_allocator_allocated_bytes", "gauge", "Memory in use by the program.", value: figures.allocated)
        page.append("rowan_allocator_active_bytes", "gauge", "Pages that hold memory in use.", value: figures.active)
        page.append(
            "rowan_allocator_resident_bytes", "gauge", "Physical memory that the allocator holds.",
            value: figures.resident)
    }

    private func writeMachine(_ machine: ProcessFigures.Machine, to page: inout ByteBuffer) {
        page.append(
            "nv_cpu_utilization", "gauge", "Busy part of all processors, 0 to 1, over the last interval.",
            value: machine.utilization)
        page.append("nv_cpu_memory_total_bytes", "gauge", "Memory of the machine.", value: machine.memoryByteCount)
        page.append(
            "nv_cpu_memory_used_bytes", "gauge", "Memory of the machine that is not available.",
            value: machine.usedMemoryByteCount)
    }
}
