// ck_descend.h
// One epoch of UMAP's descent on CK_LANES points at a time: the bits of one after the other, since no point sees another move.

// Points whose edges are listed together, and the most edges of a list.
#define DESCEND_POINTS 128
#define DESCEND_EDGES 4096

typedef uint32_t vu __attribute__((vector_size(CK_LANES * 4)));
typedef uint64_t vw __attribute__((vector_size(CK_LANES * 8)));

// Gather instructions are no faster than loads and insertions.
INLINE vi gathered(const int32_t *from, vi at) {
  vi v;
  UNROLL for (int l = 0; l < CK_LANES; l++) v[l] = from[at[l]];
  return v;
}
INLINE vf gathered_floats(const float *from, vi at) { return (vf)gathered((const int32_t *)from, at); }

// The points of a block: each one's edges that attract in this epoch are from starts[i] on in ends and ranks.
typedef struct {
  int32_t ends[DESCEND_EDGES];    // the points at the other ends
  int32_t ranks[DESCEND_EDGES];   // the edges' numbers among all of their point
  int32_t starts[DESCEND_POINTS], counts[DESCEND_POINTS];
  int32_t order[DESCEND_POINTS];  // the points with most edges first
  int32_t points;
} descent_block;

// Moves the places of some lanes by one force; which: 0 attraction, 2 repulsion.
INLINE void push_lanes(const ck_descent *d, const int dimensions, vf *at, const vf *other, int which, vi lanes) {
#pragma clang fp contract(off)
  vf offset[3], square = vf_all(0);
  UNROLL for (int k = 0; k < dimensions; k++) offset[k] = at[k] - other[k], square += offset[k] * offset[k];
  vi cell = (vi)((vu)square >> (uint32_t)d->cell_shift) - d->first_cell;
  cell &= cell >= 0;
  cell = (cell & (cell < d->cell_count)) | (((vi){0} + (d->cell_count - 1)) & (cell >= d->cell_count));
  const vf factor = gathered_floats(d->cells + which, 4 * cell) + gathered_floats(d->cells + which + 1, 4 * cell) * square;
  UNROLL for (int k = 0; k < dimensions; k++) {
    vf force = factor * offset[k];
    force = vf_select(force > d->limit, vf_all(d->limit), vf_select(force < -d->limit, vf_all(-d->limit), force));
    at[k] = vf_select(lanes, at[k] + d->rate * force, at[k]);
  }
}

// The random words of one counter (edge, point, epoch) in each lane.
INLINE void philox_lanes(vu word[4], vu edge, vu point, uint32_t epoch, const uint32_t key[2]) {
  vu c0 = edge, c1 = {0}, c2 = point, c3 = (vu){0} + epoch;
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
    const vw p0 = __builtin_convertvector(c0, vw) * 0xD2511F53u, p1 = __builtin_convertvector(c2, vw) * 0xCD9E8D57u;
    const vu n0 = __builtin_convertvector(p1 >> 32, vu) ^ c1 ^ k0, n2 = __builtin_convertvector(p0 >> 32, vu) ^ c3 ^ k1;
    c1 = __builtin_convertvector(p1, vu), c3 = __builtin_convertvector(p0, vu), c0 = n0, c2 = n2;
  }
  word[0] = c0, word[1] = c1, word[2] = c2, word[3] = c3;
}

INLINE void repel_lanes(const ck_descent *d, const int dimensions, const float *places, vi point, vi rank, vi lanes, vf *at) {
  vu w[4];
  philox_lanes(w, (vu)rank, (vu)point, d->epoch, d->key);
  const vu draws[CK_REPULSIONS] = {w[0], w[0] >> 25 | w[1] << 7, w[1] >> 18 | w[2] << 14, w[2] >> 11 | w[3] << 21, w[3] >> 4};
  UNROLL for (int j = 0; j < CK_REPULSIONS; j++) {
    const vw scaled = __builtin_convertvector(draws[j] & 0x1FFFFFF, vw) * (uint32_t)d->count >> 25;
    const vi other = __builtin_convertvector(scaled, vi);
    vf place[3];
    UNROLL for (int k = 0; k < dimensions; k++) place[k] = gathered_floats(places + k, other * dimensions);
    push_lanes(d, dimensions, at, place, 2, lanes & (other != point));
  }
}

// Moves up to CK_LANES points of a block.
INLINE void descend_lanes(const ck_descent *d, const int dimensions, const float *places, int64_t first, int64_t step,
                          const descent_block *b, int from, float *moved) {
  vi point = {0}, start = {0}, count = {0};
  const int width = b->points - from < CK_LANES ? b->points - from : CK_LANES;
  int32_t most = 0;
  for (int l = 0; l < width; l++) {
    const int32_t i = b->order[from + l];
    if (b->counts[i] > most) most = b->counts[i];
    point[l] = (int32_t)(first + i * step), start[l] = b->starts[i], count[l] = b->counts[i];
  }
  vf at[3];
  UNROLL for (int k = 0; k < dimensions; k++) at[k] = gathered_floats(places + k, point * dimensions);
  for (int32_t turn = 0; turn < most; turn++) {
    const vi lanes = count > turn, slot = (start + turn) & lanes;
    const vi other = gathered(b->ends, slot), rank = gathered(b->ranks, slot);
    vf place[3];
    UNROLL for (int k = 0; k < dimensions; k++) place[k] = gathered_floats(places + k, other * dimensions);
    push_lanes(d, dimensions, at, place, 0, lanes);
    push_lanes(d, dimensions, at, place, 0, lanes);
    repel_lanes(d, dimensions, places, point, rank, lanes, at);
  }
  for (int l = 0; l < width; l++)
    for (int k = 0; k < dimensions; k++) moved[(int64_t)point[l] * dimensions + k] = at[k][l];
}

// Lists the edges of points first, first + step, … that attract in this epoch. Points with too many edges for a list move alone.
INLINE void list_edges(const ck_descent *d, const float *places, int64_t first, int64_t step, int64_t points, descent_block *b,
                       float *moved) {
  const uint64_t now = d->epoch, before = now > 0 ? now - 1 : 0;
  int32_t used = 0, heights[64] = {0};
  b->points = 0;
  for (int64_t i = 0; i < points; i++) {
    const int64_t point = first + i * step, start = d->starts[point], degree = d->starts[point + 1] - start;
    b->counts[i] = -1;
    if (degree > DESCEND_EDGES - used) {
      ck_descend(d, places, point, 1, 1, moved);
      continue;
    }
    b->starts[i] = used;
    for (int64_t rank = 0; rank < degree; rank++) {
      const uint64_t pace = d->paces[start + rank];
      b->ends[used] = d->numbers[start + rank], b->ranks[used] = (int32_t)rank;
      used += now * pace >> 32 != before * pace >> 32;
    }
    b->counts[i] = used - b->starts[i];
    heights[b->counts[i] < 63 ? b->counts[i] : 63]++;
    b->points++;
  }
  // A counting sort, so that the lanes of a vector end at about the same time.
  for (int height = 63, place = 0; height >= 0; height--) place += heights[height], heights[height] = place - heights[height];
  for (int64_t i = 0; i < points; i++)
    if (b->counts[i] >= 0) b->order[heights[b->counts[i] < 63 ? b->counts[i] : 63]++] = (int32_t)i;
}

static void descend(const ck_descent *d, const float *places, int64_t first, int64_t step, int64_t points, float *moved) {
  descent_block block;
  for (int64_t done = 0; done < points; done += DESCEND_POINTS) {
    const int64_t start = first + done * step, left = points - done;
    list_edges(d, places, start, step, left < DESCEND_POINTS ? left : DESCEND_POINTS, &block, moved);
    for (int from = 0; from < block.points; from += CK_LANES)
      if (d->dimensions == 2) descend_lanes(d, 2, places, start, step, &block, from, moved);
      else descend_lanes(d, 3, places, start, step, &block, from, moved);
  }
}
