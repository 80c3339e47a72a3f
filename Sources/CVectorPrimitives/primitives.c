#include "CVectorPrimitives.h"
