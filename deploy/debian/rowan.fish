# Completions of rowan for fish; options are asked for from the program itself.
complete --command rowan --condition __fish_use_subcommand --no-files --arguments 'serve check bench top key knowledge explain'
complete --command rowan --condition '__fish_seen_subcommand_from key' --arguments 'add list revoke'
complete --command rowan --condition '__fish_seen_subcommand_from knowledge' --arguments 'import search'
complete --command rowan --condition 'string match --quiet -- "-*" (commandline --current-token)' \
    --arguments '(rowan (commandline --tokenize --current-process --cut-at-cursor)[2] --help 2> /dev/null
        | string match --all --regex -- "--[a-z][a-z0-9-]+" | sort --unique)'
