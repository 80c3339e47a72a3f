"""Writes Tests/ModelRepositoryTests/Fixtures/*.txt: what protobuf itself makes of configuration texts.

pip install 'tritonclient[grpc]==2.73.0'; python3 write_text_format_cases.py
"""
import json, os, sys
import tritonclient.grpc.model_config_pb2 as m
from google.protobuf import text_format, json_format
from google.protobuf.descriptor import FieldDescriptor as F
import google.protobuf
BIG = {F.TYPE_INT64, F.TYPE_UINT64, F.TYPE_SINT64, F.TYPE_FIXED64}

def normal(d, desc):
    out = {}
    for f in desc.fields:
        if f.name not in d: continue
        v = d[f.name]
        def one(x, g):
            if g.message_type: return normal(x, g.message_type)
            return int(x) if g.type in BIG else x
        if f.message_type and f.message_type.GetOptions().map_entry:
            value = f.message_type.fields_by_name['value']
            out[f.name] = {k: one(v[k], value) for k in sorted(v)}
        elif f.is_repeated: out[f.name] = [one(x, f) for x in v]
        else: out[f.name] = one(v, f)
    return out

def expected(text):
    msg = m.ModelConfig()
    text_format.Parse(text, msg)
    d = json_format.MessageToDict(msg, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    return json.dumps(normal(d, m.ModelConfig.DESCRIPTOR), separators=(',', ':'), ensure_ascii=False)

CASES = {
 'empty': '',
 'only a comment': '# nothing\n',
 'a comment at the end without newline': 'name: "a" # here',
 'scalars': 'name: "m" max_batch_size: 32 backend: "fil"',
 'commas and semicolons between fields': 'name: "m", max_batch_size: 3; backend: "fil";',
 'two separators': 'name: "m",, backend: "fil"',
 'no colon before a scalar': 'name "m"',
 'no colon before a message': 'version_policy { latest { num_versions: 2 } }',
 'a colon before a message': 'version_policy: { latest: { num_versions: 2 } }',
 'angle brackets': 'version_policy < latest < num_versions: 2 > >',
 'mixed brackets': 'version_policy < latest { num_versions: 2 > }',
 'list of messages':
  'input [ { name: "a" data_type: TYPE_FP32 dims: [ 3 ] }, { name: "b" data_type: TYPE_INT64 dims: [ '
  '-1, 2 ] } ]',
 'list of messages with a colon': 'input: [ { name: "a" data_type: TYPE_FP32 dims: [ 3 ] } ]',
 'repeated field by repetition': 'input { name: "a" } input { name: "b" }',
 'repeated scalar both ways': 'input { name: "a" dims: 1 dims: [ 2, 3 ] dims: 4 }',
 'empty list': 'input { name: "a" dims: [ ] }',
 'trailing comma in a list': 'input { name: "a" dims: [ 1, ] }',
 'missing comma in a list': 'input { name: "a" dims: [ 1 2 ] }',
 'list for a singular field': 'name: [ "a" ]',
 'list of a singular message': 'version_policy: [ { all { } } ]',
 'map':
  'parameters { key: "threshold" value: { string_value: "0.5" } } parameters { key: "model_type" value '
  '{ string_value: "xgboost_json" } }',
 'map as a list':
  'parameters [ { key: "b" value: { string_value: "1" } }, { key: "a" value: { string_value: "2" } } ]',
 'map key twice':
  'parameters { key: "a" value: { string_value: "1" } } parameters { key: "a" value: { string_value: '
  '"2" } }',
 'map entry without value': 'parameters { key: "a" }',
 'map entry without key': 'parameters { value { string_value: "1" } }',
 'map of texts': 'metric_tags { key: "team" value: "ops" }',
 'integer keys':
  'dynamic_batching { priority_levels: 3 default_priority_level: 2 priority_queue_policy { key: 2 '
  'value: { timeout_action: DELAY default_timeout_microseconds: 100 allow_timeout_override: true '
  'max_queue_size: 8 } } }',
 'enumeration by name': 'output { name: "o" data_type: TYPE_STRING dims: 1 }',
 'enumeration by number': 'output { name: "o" data_type: 11 dims: 1 }',
 'unknown enumeration name': 'output { name: "o" data_type: TYPE_FLOAT dims: 1 }',
 'lower case enumeration name': 'output { name: "o" data_type: type_fp32 dims: 1 }',
 'hexadecimal': 'max_batch_size: 0x10',
 'octal': 'max_batch_size: 010',
 'wrong octal': 'max_batch_size: 09',
 'negative': 'input { name: "a" dims: -1 }',
 'negative with a space': 'input { name: "a" dims: - 1 }',
 'plus sign': 'max_batch_size: +1',
 'int32 at its limits': 'instance_group { count: 2147483647 } instance_group { count: -2147483648 }',
 'int32 above its limit': 'max_batch_size: 2147483648',
 'int32 below its limit': 'max_batch_size: -2147483649',
 'int64 at its limits': 'input { name: "a" dims: [ 9223372036854775807, -9223372036854775808 ] }',
 'int64 above its limit': 'input { name: "a" dims: 9223372036854775808 }',
 'uint64 at its limit': 'dynamic_batching { max_queue_delay_microseconds: 18446744073709551615 }',
 'uint64 above its limit': 'dynamic_batching { max_queue_delay_microseconds: 18446744073709551616 }',
 'negative unsigned': 'dynamic_batching { max_queue_delay_microseconds: -1 }',
 'uint32 above its limit': 'version_policy { latest { num_versions: 4294967296 } }',
 'a fraction for an integer': 'max_batch_size: 1.5',
 'an exponent for an integer': 'max_batch_size: 1e3',
 'a suffix for an integer': 'max_batch_size: 1f',
 'digits and letters': 'max_batch_size: 12abc',
 'text for an integer': 'max_batch_size: "1"',
 'name for an integer': 'max_batch_size: one',
 'booleans':
  'input { name: "a" optional: true } input { name: "b" optional: false } input { name: "c" optional: '
  't } input { name: "d" optional: f } input { name: "e" optional: True } input { name: "f" optional: '
  'False } input { name: "g" optional: 1 } input { name: "h" optional: 0 }',
 'boolean in capitals': 'input { name: "a" optional: TRUE }',
 'boolean two': 'input { name: "a" optional: 2 }',
 'doubles':
  'model_metrics { metric_control { histogram_options { buckets: [ 1, 1.5, .5, 2., 1e3, 1E-3, 1.5e+2, '
  '3f, 4.5F, -2.25, 0.1, 1e-05, 123456789012 ] } } }',
 'infinities and not a number':
  'model_metrics { metric_control { histogram_options { buckets: [ inf, -inf, infinity, Infinity, nan, '
  'NaN ] } } }',
 'octal double': 'model_metrics { metric_control { histogram_options { buckets: 010 } } }',
 'hexadecimal double': 'model_metrics { metric_control { histogram_options { buckets: 0x10 } } }',
 'malformed double': 'model_metrics { metric_control { histogram_options { buckets: 1e } } }',
 'two points': 'model_metrics { metric_control { histogram_options { buckets: 1.2.3 } } }',
 'single quotes': "name: 'it is \"quoted\"'",
 'escapes': r'name: "\a\b\f\n\r\t\v\\\'\" \101\x41\x4a\7"',
 'escaped question mark': r'name: "\?"',
 'unicode escapes': r'name: "\u00e9\U0001F600"',
 'utf-8': 'name: "größe 温度"',
 'utf-8 by bytes': r'name: "\303\251"',
 'invalid utf-8 by bytes': r'name: "\303"',
 'unknown escape': r'name: "\q"',
 'octal escape too large': r'name: "\777"',
 'hexadecimal escape without digits': r'name: "\xg"',
 'surrogate escape alone': r'name: "\ud800"',
 'unicode escape too short': r'name: "\u12"',
 'adjacent strings': 'name: "a" "b"\n  \'c\'',
 'adjacent strings around a comment': 'name: "a" # one\n "b"',
 'string over a line end': 'name: "a\nb"',
 'string without end': 'name: "a',
 'mismatched quotes': 'name: "a\'',
 'unknown field': 'max_batchsize: 1',
 'unknown nested field': 'dynamic_batching { max_delay: 1 }',
 'field by number': '4: 1',
 'extension': '[a.b.c]: 1',
 'singular scalar twice': 'name: "a" name: "b"',
 'singular message twice': 'version_policy { all { } } version_policy { all { } }',
 'two of a choice': 'version_policy { all { } latest { num_versions: 1 } }',
 'missing value': 'name:',
 'missing close': 'version_policy { all { }',
 'extra close': 'name: "a" }',
 'two colons': 'name:: "a"',
 'value without field': '"a"',
 'message for a scalar': 'name { }',
 'scalar for a message': 'version_policy: 1',
 'control character': 'name: \x01 "a"',
 'tab, form feed and carriage return as space': 'name:\t"a"\r\n\x0cmax_batch_size:\x0b1',
 'specific versions': 'version_policy: { specific: { versions: [1,3] } }',
 'instance group': 'instance_group [ { count: 2 kind: KIND_CPU }, { kind: KIND_GPU gpus: [ 0, 1 ] } ]',
 'warmup':
  'model_warmup { name: "w" batch_size: 1 inputs { key: "input__0" value: { data_type: TYPE_FP32 dims: '
  '4 zero_data: true } } }',
 'a whole FIL configuration': '''
name: "fraud"
backend: "fil"
max_batch_size: 32768
input [
  {
    name: "input__0"
    data_type: TYPE_FP32
    dims: [ 32 ]
  }
]
output [
  {
    name: "output__0"
    data_type: TYPE_FP32
    dims: [ 2 ]
  }
]
instance_group [{ kind: KIND_CPU }]
parameters [
  { key: "model_type" value: { string_value: "xgboost_json" } },
  { key: "predict_proba" value: { string_value: "true" } },
  { key: "output_class" value: { string_value: "true" } },
  { key: "threshold" value: { string_value: "0.5" } },
  { key: "storage_type" value: { string_value: "AUTO" } }
]
dynamic_batching { preferred_batch_size: [ 4, 8 ] max_queue_delay_microseconds: 100 }
''',
}
with open(sys.argv[1] + '/text_format.txt', 'w', newline='') as f:
    f.write(f'# protobuf {google.protobuf.__version__}, tritonclient 2.73.0; written by write_text_format_cases.py\n')
    for name, text in CASES.items():
        f.write(f'=== {name}\n{text}\n')
        try: f.write(f'--- {expected(text)}\n')
        except text_format.ParseError as e: f.write('--- refused\n'); print(name, '|', str(e))
def kinds(full):
    done=[]; lines=[]
    types={v:k[5:].lower() for k,v in vars(F).items() if k.startswith('TYPE_')}
    def kind(f):
        inner = f.message_type or f.enum_type
        return inner.full_name if inner else types[f.type]
    def walk(d):
        if d.full_name in done: return
        done.append(d.full_name)
        for f in d.fields:
            mt=f.message_type
            if mt and mt.GetOptions().map_entry:
                k,v=mt.fields_by_name['key'],mt.fields_by_name['value']
                card='map'; what=f'{kind(k)},{kind(v)}'
            else: card='repeated' if f.is_repeated else 'singular'; what=kind(f)
            choice=f.containing_oneof.name if f.containing_oneof else '-'
            lines.append(f'{d.full_name} {f.name} {f.number} {card} {what} {choice}')
        for f in d.fields:
            mt=f.message_type
            if mt and mt.GetOptions().map_entry: mt=mt.fields_by_name['value'].message_type
            if mt: walk(mt)
            e=f.enum_type
            if e and e.full_name not in done:
                done.append(e.full_name)
                lines.append(f'enum {e.full_name} '+','.join(f'{v.name}={v.number}' for v in e.values))
    walk(m.ModelConfig.DESCRIPTOR)
    return lines
open(sys.argv[1]+'/model_config_fields.txt','w').write('\n'.join(kinds(None))+'\n')
