"""Makes CSV of a Parquet file, for `rowan drift reference`; needs pyarrow.

    python training/parquet_to_csv.py sample.parquet sample.csv

Columns that hold numbers or truths are written, others are named and left out. Missing values become empty fields.
"""

import sys

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq


def numbers(table):
    """The numeric columns of a table; truths as 0 and 1."""
    columns, names = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        elif pa.types.is_decimal(column.type):
            column = column.cast(pa.float64())
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            columns.append(column)
            names.append(name)
        else:
            print(f"{name}: left out, {column.type} is no number", file=sys.stderr)
    return pa.table(columns, names=names)


def main(source, target):
    table = numbers(pq.read_table(source))
    if not table.num_columns:
        sys.exit(f"{source}: no column holds numbers")
    pa_csv.write_csv(table, target)
    print(f"{target}: {table.num_rows} rows, {table.num_columns} columns")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
