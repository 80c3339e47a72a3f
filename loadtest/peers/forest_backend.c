/* A backend of small cost for the Triton server binary: the sample model's trees, each as deep in every branch.
 *
 * It stands for what a good forest costs behind Triton's front end and scheduler, so that the comparison is not one of
 * Python. The few functions of Triton's backend API that it calls are declared here as that API documents them
 * (tritonbackend.h, version 1.x); all objects are opaque.
 *
 * The model file is what peer_servers.py writes: the numbers of trees, of levels and of features (int32), the margin of
 * no tree (float32), then of all trees the nodes, level by level (feature and whether missing values go left: uint16,
 * threshold: float32), then of all trees the leaves (float32). Sums are float32 in the order of trees, as XGBoost's.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef void Object;
enum { datatype_float32 = 11, memory_cpu = 0, error_internal = 1, error_invalid = 3 };
enum { block_rows = 32 };
enum { response_complete_final = 1, request_release_all = 1 };

Object *TRITONSERVER_ErrorNew(int code, const char *message);
Object *TRITONBACKEND_ModelRepository(Object *model, int *kind, const char **location);
Object *TRITONBACKEND_ModelVersion(Object *model, uint64_t *version);
Object *TRITONBACKEND_ModelSetState(Object *model, void *state);
Object *TRITONBACKEND_ModelState(Object *model, void **state);
Object *TRITONBACKEND_ModelInstanceModel(Object *instance, Object **model);
Object *TRITONBACKEND_RequestInputByIndex(Object *request, uint32_t index, Object **input);
Object *TRITONBACKEND_InputProperties(Object *input, const char **name, int *datatype, const int64_t **shape,
                                      uint32_t *dimensions, uint64_t *bytes, uint32_t *buffers);
Object *TRITONBACKEND_InputBuffer(Object *input, uint32_t index, const void **buffer, uint64_t *bytes, int *memory,
                                  int64_t *memory_id);
Object *TRITONBACKEND_ResponseNew(Object **response, Object *request);
Object *TRITONBACKEND_ResponseOutput(Object *response, Object **output, const char *name, int datatype,
                                     const int64_t *shape, uint32_t dimensions);
Object *TRITONBACKEND_OutputBuffer(Object *output, void **buffer, uint64_t bytes, int *memory, int64_t *memory_id);
Object *TRITONBACKEND_ResponseSend(Object *response, uint32_t flags, Object *error);
Object *TRITONBACKEND_RequestRelease(Object *request, uint32_t flags);

struct node {
    uint16_t feature, missing_goes_left;
    float threshold;
};

struct forest {
    int32_t trees, depth, features;
    float base;
    struct node *nodes;
    float *leaves;
};

/* One level down the tree for rows without missing values, then for any. */
static void descend(const struct node *nodes, const float *rows, int32_t features, int count, int32_t *place) {
    for (int row = 0; row < count; row++) {
        const struct node *node = &nodes[place[row]];
        place[row] = 2 * place[row] + 1 + (rows[row * features + node->feature] >= node->threshold);
    }
}

static void descend_any(const struct node *nodes, const float *rows, int32_t features, int count, int32_t *place) {
    for (int row = 0; row < count; row++) {
        const struct node *node = &nodes[place[row]];
        float value = rows[row * features + node->feature];
        int goes_right = (value >= node->threshold) | ((value != value) & !node->missing_goes_left);
        place[row] = 2 * place[row] + 1 + goes_right;
    }
}

/* Margins of up to `block_rows` rows: they walk a tree side by side, and the processor does many walks at once. */
static void evaluate(const struct forest *forest, const float *rows, int count, float *margins) {
    const int32_t inner = (1 << forest->depth) - 1, features = forest->features;
    int32_t place[block_rows];
    int has_missing = 0;
    for (int index = 0; index < count * features; index++) has_missing |= rows[index] != rows[index];
    for (int row = 0; row < count; row++) margins[row] = forest->base;
    for (int32_t tree = 0; tree < forest->trees; tree++) {
        const struct node *nodes = forest->nodes + (int64_t)tree * inner;
        const float *leaves = forest->leaves + (int64_t)tree * (inner + 1);
        for (int row = 0; row < block_rows; row++) place[row] = 0;
        for (int32_t level = 0; level < forest->depth; level++) {
            if (has_missing)
                descend_any(nodes, rows, features, count, place);
            else if (count == block_rows)
                descend(nodes, rows, features, block_rows, place);
            else
                descend(nodes, rows, features, count, place);
        }
        for (int row = 0; row < count; row++) margins[row] += leaves[place[row] - inner];
    }
}

static int read_forest(struct forest *forest, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    int good = fread(forest, sizeof(int32_t), 3, file) == 3 && fread(&forest->base, sizeof(float), 1, file) == 1;
    if (good) {
        size_t nodes = (size_t)forest->trees * ((1 << forest->depth) - 1);
        size_t leaves = (size_t)forest->trees * (1 << forest->depth);
        forest->nodes = malloc(sizeof(struct node) * nodes);
        forest->leaves = malloc(sizeof(float) * leaves);
        good = forest->nodes && forest->leaves && fread(forest->nodes, sizeof(struct node), nodes, file) == nodes &&
               fread(forest->leaves, sizeof(float), leaves, file) == leaves;
    }
    fclose(file);
    return good;
}

Object *TRITONBACKEND_ModelInitialize(Object *model) {
    const char *location;
    int kind;
    uint64_t version;
    char path[4096];
    Object *error = TRITONBACKEND_ModelRepository(model, &kind, &location);
    if (error || (error = TRITONBACKEND_ModelVersion(model, &version))) return error;
    snprintf(path, sizeof path, "%s/%llu/forest.bin", location, (unsigned long long)version);
    struct forest *forest = calloc(1, sizeof *forest);
    if (!forest || !read_forest(forest, path)) return TRITONSERVER_ErrorNew(error_internal, path);
    return TRITONBACKEND_ModelSetState(model, forest);
}

/* The request's rows as float32 × features into an output of one margin each. */
static Object *fill(const struct forest *forest, Object *request, Object *response) {
    Object *input, *output, *error;
    const char *name;
    const int64_t *shape;
    const void *rows;
    void *margins;
    int datatype, memory = memory_cpu;
    int64_t memory_id = 0;
    uint32_t dimensions, buffers;
    uint64_t bytes, length;
    if ((error = TRITONBACKEND_RequestInputByIndex(request, 0, &input))) return error;
    error = TRITONBACKEND_InputProperties(input, &name, &datatype, &shape, &dimensions, &bytes, &buffers);
    if (error) return error;
    if (datatype != datatype_float32 || dimensions != 2 || shape[1] != forest->features || buffers != 1)
        return TRITONSERVER_ErrorNew(error_invalid, "one buffer of float32, rows by features, is expected");
    if ((error = TRITONBACKEND_InputBuffer(input, 0, &rows, &length, &memory, &memory_id))) return error;
    int64_t count[2] = {shape[0], 1};
    error = TRITONBACKEND_ResponseOutput(response, &output, "margin", datatype_float32, count, 2);
    if (error) return error;
    error = TRITONBACKEND_OutputBuffer(output, &margins, sizeof(float) * count[0], &memory, &memory_id);
    if (error) return error;
    for (int64_t row = 0; row < count[0]; row += block_rows) {
        int block = count[0] - row < block_rows ? (int)(count[0] - row) : block_rows;
        evaluate(forest, (const float *)rows + row * forest->features, block, (float *)margins + row);
    }
    return NULL;
}

Object *TRITONBACKEND_ModelInstanceExecute(Object *instance, Object **requests, uint32_t request_count) {
    Object *model;
    void *forest;
    Object *error = TRITONBACKEND_ModelInstanceModel(instance, &model);
    if (error || (error = TRITONBACKEND_ModelState(model, &forest))) return error;
    for (uint32_t index = 0; index < request_count; index++) {
        Object *response;
        if (!TRITONBACKEND_ResponseNew(&response, requests[index]))
            TRITONBACKEND_ResponseSend(response, response_complete_final, fill(forest, requests[index], response));
        TRITONBACKEND_RequestRelease(requests[index], request_release_all);
    }
    return NULL;
}
