/// What `--help` prints; the list of options comes from their table.
enum HelpText {
    static let program = """
        Rowan serves tree ensembles over the Open Inference Protocol (KServe v2).

        rowan serve --model-repository DIR   serve the models of a directory
        rowan check DIR [--json]             say what would be served and every fault; ends with 1 if there is any
        rowan bench MODEL [options]          measure what a row costs, by the number of rows in a call
        rowan top [URL] [options]            show what a running server does, a line for each model
        rowan key add|list|revoke [options]  API keys of a server
        rowan drift reference MODEL FILE     describe training data, so that a server can say how served rows differ
        rowan feedback import FILE [options] send labels for predictions
        rowan experiment SPLIT [options]     show which variant of a split is better
        rowan rollout SPLIT ACTION [options] pause, resume, promote or abort a split's rollout
        rowan knowledge import PATH          take runbooks and incidents that explanations draw on
        rowan knowledge search TEXT          show what would be found, and why
        rowan explain ID|--follow [options]  why a row is an anomaly, and what to do
        rowan state ACTION [options]         migrate, back up or restore what outlives the process
        rowan config show [options]          say what `rowan serve` would do with the same options, and why
        rowan --version                      version, commit, compiler, instruction sets found
        rowan serve --help                   every option

        Exit codes: 0 well, 1 fault, 2 a command line that Rowan does not know.

        """

    static let check = """
        rowan check DIR [--json]

        Lists the models that `rowan serve --model-repository DIR` would serve, and every fault with file and line.
        Ends with 1 if there is any fault. DIR may be s3://bucket/prefix, of which a copy is made and removed again.

          --json   one JSON object per line: "kind" is "model", "notice" or "fault"

        """

    static let bench = """
        rowan bench MODEL [options]

        Says which engine serves a model and why better ones do not, and measures rows per second and nanoseconds of
        processor time per row on one thread, by the number of rows in a call: medians over seeded rows around the
        model's own thresholds, in a few seconds. MODEL is a model file or the directory of a version or of a model.

          --isa SET              highest instruction set of the kernels: baseline, v3, v4 or vbmi (the best found)
          --rows-per-call N      measure calls of N rows; may be given again (1, 8, 64, 512, 4096)
          --missing FRACTION     how many of the values are missing, from 0 to 1 (0)
          --json                 one JSON object on one line

        Ends with 1 if the model cannot be read.

        """

    static let drift = """
        rowan drift reference MODEL FILE [options]

        Writes a reference: how the features and the predictions of a model were distributed in a sample of its
        training data. A model whose rowan.pbtxt holds drift { reference_file: "reference.json" } is compared with it
        while it serves (GET /v2/models/M/drift, gauges feature_drift_psi and others). MODEL is the directory of a model
        or of a version, or a model file; FILE is CSV, with the names of the columns in its first line or without, or a
        numpy array (.npy) of float32 or float64. Parquet is converted first: training/parquet_to_csv.py.

          --output FILE          where it is written; - for the standard output (reference.json beside the model)
          --categorical NAMES    features whose numbers stand for categories, separated by commas
          --bins N               bins of a feature that is a number (10)

        Ends with 1 if the model or the sample cannot be read, or do not belong together.

        """

    static let top = """
        rowan top [URL] [options]

        Shows what a running server does, from its metrics: requests and rows per second, latencies, batches, queues and
        failures of each model, processor time, memory and connections. On a terminal it fills the screen until q; else
        it writes a table for each interval. It reads Triton's metrics, too, as far as they go. All that it reads is
        what everybody may read: no token is needed.

          --url URL              the server, as http://HOST:PORT or https:// (http://127.0.0.1:8000)
          --metrics-url URL      its metrics (the port two above the server's, /metrics)
          --ca-file FILE         certificates that the server's may rest on (those of the system)
          --interval SECONDS     time between two readings (1)
          --plain                tables, also on a terminal
          --json                 one JSON object on a line for each interval
          --once                 end after one interval

        Ends with 1 if the server cannot be read.

        """

    static let key = """
        rowan key add [options]              make a key and print it; it cannot be shown again
        rowan key list [--json]              list the keys of the file, without secrets
        rowan key revoke ID                  take a key out of the file

          --api-keys-file FILE       the file, as `rowan serve --api-keys-file` reads it (ROWAN_API_KEYS_FILE)
          --id ID                    1 to 16 letters a to z and digits (ten are chosen)
          --name NAME                whose key it is, for people
          --scope infer|admin        admin also opens calls that change what the server does (infer)
          --model NAME               a model that the key opens; may be given again (all)
          --requests-per-second N    how often the key may be used (any number of times)
          --burst N                  how many requests may come at once (what a second permits)
          --json                     for programs, one object per line

        The file holds a salted hash of each key. A running server takes the change up within two seconds. Ends with 1
        if the file cannot be read or written.

        """

    static let feedback = """
        rowan feedback import FILE --model NAME [options]

        Sends labels for rows that a running server has predicted. FILE holds comma-separated values; its first line
        names the columns: prediction_id (the response parameter rowan_prediction_id) or request_id, label, and row and
        time if wanted. NAME is a model or a split whose models keep their predictions. Of a server that does not run
        the predictions in its data directory get their labels.

          --url URL          the server, as http://HOST:PORT or https:// (http://127.0.0.1:8000)
          --token-file FILE  the admin token, where the server wants one
          --ca-file FILE     certificates that the server's may rest on (those of the system)
          --data-directory DIR, --model-repository DIR
                             those of a server that does not run, instead of its URL
          --json             one JSON object on one line

        Says how many labels were accepted, and how many belong to no prediction, came too late or came twice. Ends
        with 1 if the server cannot be called, or has its data directory in use.

        """

    static let experiment = """
        rowan experiment SPLIT [options]

        Shows what the variants of a split have done, by sticky key: rates of anomalies and of right predictions,
        whether they differ, with intervals and p-values that hold however often one looks, and how far the rollout is.

          --svg FILE         draw the rates over time into a file
          --url URL          the server, as http://HOST:PORT or https:// (http://127.0.0.1:8000)
          --token-file FILE  the admin token, where the server wants one
          --ca-file FILE     certificates that the server's may rest on (those of the system)
          --json             the server's answer on one line

        Ends with 1 if the server cannot be asked.

        """

    static let rollout = """
        rowan rollout SPLIT pause|resume|promote|abort [options]

        Pauses a rollout, goes on with it (its step begins anew), gives the candidate all requests, or none.

          --url URL          the server, as http://HOST:PORT or https:// (http://127.0.0.1:8000)
          --token-file FILE  the admin token, where the server wants one
          --ca-file FILE     certificates that the server's may rest on (those of the system)
          --json             the server's answer on one line

        Ends with 1 if the server refuses.

        """

    static let explain = """
        rowan explain ID [options]
        rowan explain --follow [options]

        Shows why a running server has called a row anomalous, what that hurts, and what to do, as Markdown. ID is one
        of the response parameter rowan_explanation_ids; --follow shows every explanation from now on as it ends.

          --wait SECONDS     how long to wait for an explanation that is being made (10)
          --url URL          the server, as http://HOST:PORT or https:// (http://127.0.0.1:8000)
          --token-file FILE  the admin token, where the server wants one
          --ca-file FILE     certificates that the server's may rest on (those of the system)
          --json             the server's answer, one object on one line

        Ends with 1 if the server cannot be asked.

        """

    static let knowledge = """
        rowan knowledge import PATH [options]
        rowan knowledge search TEXT [options]

        Takes documents (runbooks, incidents of the past) that explanations draw on, or shows what would be found for a
        message or a log record, and why. PATH is a file or a directory: Markdown, text, JSON, NDJSON (.ndjson, .jsonl)
        or CSV. What is known as it is stays as it is, so that an import that was ended may be begun again.

          --service NAME         of documents that name none; or only documents of this service
          --tenant NAME          the same for tenants
          --limit N              documents that a search shows (5)
          --url URL              the server, as http://HOST:PORT or https:// (http://127.0.0.1:8000)
          --token-file FILE      the admin token, where the server wants one
          --ca-file FILE         certificates that the server's may rest on (those of the system)
          --data-directory DIR   instead of a server: the directory of one that has ended
          --state-url URL        instead of a server: the database of any number of servers
          --json                 for programs, on one line

        Ends with 1 if something cannot be read, or the server refuses.

        """

    static let state = """
        rowan state migrate|backup FILE|restore FILE --data-directory DIR|--state-url URL [--json]

        What a server keeps for the next one: the state of rollouts. It is a file of SQLite in DIR, or tables of a
        database of PostgreSQL at URL (postgresql://user@host/name).

          migrate        bring state of an older version up to date, or make it
          backup FILE    write all of it, as it is at one instant, into a new file of SQLite; a server may run
          restore FILE   replace all of it by what a backup holds; into either database

          --data-directory DIR   the directory of a server that has ended (ROWAN_DATA_DIRECTORY)
          --state-url URL        the database of any number of servers (ROWAN_STATE_URL)
          --json                 one JSON object on one line

        Ends with 1 if it cannot be done; then nothing was changed.

        """

    static let config = """
        rowan config show [options of rowan serve] [--json]

        Says for each option of `rowan serve` which value holds and where it comes from: a flag, a variable
        (ROWAN_HTTP_PORT), the file of --config (http_port: 8000), or nobody. Nothing is started. Values that open
        something are not shown.

          --json   one JSON object on one line

        Ends with 1 if a value cannot be used.

        """

    static let serve: String = {
        var text = "rowan serve --model-repository DIR [options]\n"
        for section in ServerOption.Section.allCases where section != .elsewhere {
            text += "\n\(section.rawValue)\n"
            for option in ServerOption.all where option.section == section {
                text += "  " + padded(usage(of: option)) + option.help + "\n"
            }
        }
        text += "\nTriton's options that are accepted, have no effect, and are named at start\n" + withoutEffect
        text += "\nTriton's switches that may be off (=false)\n" + lines(of: ServerOption.refusedIfOn.map(\.name))
        text += """

            Each option is also read from a variable, ROWAN_HTTP_PORT for --http-port, and from a field of the file
            of --config, http_port: a flag wins over a variable, both win over the file; `rowan config show` tells.
            Values follow a blank or an equals sign. Triton's remaining options are refused with the reason.

            """
        return text
    }()

    /// Accepted options by the reason why they have no effect.
    private static var withoutEffect: String {
        var groups: [(reason: String, names: [String])] = []
        for option in ServerOption.withoutEffect {
            guard case .withoutEffect(let reason) = option.effect else { continue }
            if groups.last?.reason == reason {
                groups[groups.count - 1].names.append(option.name)
            } else {
                groups.append((reason, [option.name]))
            }
        }
        return groups.map { "  \($0.reason):\n" + lines(of: $0.names) }.joined()
    }

    /// Words in lines of a terminal's width.
    private static func lines(of words: [String]) -> String {
        var text = ""
        var line = "   "
        for word in words {
            if line.count + 1 + word.count > columnCount {
                text += line + "\n"
                line = "   "
            }
            line += " " + word
        }
        return text + line + "\n"
    }

    private static let columnCount = 110

    private static func usage(of option: ServerOption) -> String {
        switch option.effect {
        case .value(let placeholder, _, _): "\(option.name) \(placeholder)"
        case .flag, .refusedIfOn: "\(option.name)[=false]"
        case .withoutEffect, .refused: option.name
        }
    }

    private static func padded(_ usage: String) -> String {
        usage + String(repeating: " ", count: max(2, 31 - usage.count))
    }
}
