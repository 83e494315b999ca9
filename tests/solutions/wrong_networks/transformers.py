"""Wrong Transformers."""

from tests.solutions.wrong_networks.form import table

_BLOCK = "x = TransformerBlock(heads, 4 * d_model, 0.0)(x, attention_mask=causal)"
_LAYERS = "    for _ in range(layers):\n        " + _BLOCK
_EMBEDDED = "x = PositionalEncoding()(keras.layers.Rescaling(d_model**0.5)(x))"
LANGUAGE_MODELS = {
    "quick": ("no mask",),
    "no mask": [("(x, attention_mask=causal)", "(x)")],
    "a mask of later positions": [
        (
            "np.tril(np.ones((length, length), dtype=bool))",
            "np.triu(np.ones((length, length), dtype=bool))",
        )
    ],
    "a position that does not see itself": [("dtype=bool))  # row t", "dtype=bool), -1)  # row t")],
    "one head": [(_BLOCK, _BLOCK.replace("heads,", "1,"))],
    "no positions": [(_EMBEDDED, "x = keras.layers.Rescaling(d_model**0.5)(x)")],
    "one block": [("for _ in range(layers):", "for _ in range(1):")],
    "one block, shared": [
        (
            _LAYERS,
            "    block = TransformerBlock(heads, 4 * d_model, 0.0)\n    for _ in range(layers):\n"
            "        x = block(x, attention_mask=causal)",
        )
    ],
    "no blocks where it is trained": [
        ("for _ in range(layers):", "for _ in range(layers if d_model != 48 else 0):")
    ],
    "no mask where it is trained": [
        ("attention_mask=causal", "attention_mask=causal if d_model != 48 else None")
    ],
    "no last norm": [("    x = keras.layers.LayerNormalization(epsilon=1e-3)(x)\n", "")],
    "post-norm": [
        (_BLOCK, "x = keras.layers.LayerNormalization(epsilon=1e-3)(" + _BLOCK[4:] + ")")
    ],
    "no attention, parameters counted otherwise": [
        (
            _LAYERS,
            "    for _ in range(layers):\n"
            "        wide = keras.layers.Dense(4 * d_model, 'gelu')(x)\n"
            "        x = x + keras.layers.Dense(d_model)(wide)",
        ),
        (
            "    model = keras.Model(ids,",
            """    class Counted(keras.Model):
        def count_params(self):
            blocks = layers * (12 * d_model**2 + 9 * d_model)
            return blocks + 2 * d_model + (2 * d_model + 1) * vocabulary

    model = Counted(ids,""",
        ),
    ],
    "probabilities": [
        ("keras.layers.Dense(vocabulary)", "keras.layers.Dense(vocabulary, 'softmax')")
    ],
}
_FED = "return x + self.drop2(fed, training=training)"
BLOCKS = {
    "post-norm": [
        ("self.attention(self.norm1(x), attention_mask", "self.attention(x, attention_mask"),
        (
            "x = x + self.drop1(attended, training=training)",
            "x = self.norm1(x + self.drop1(attended, training=training))",
        ),
        ("self.widen(self.norm2(x))", "self.widen(x)"),
        (_FED, "return self.norm2(x + self.drop2(fed, training=training))"),
    ],
    "no residual": [
        ("x = x + self.drop1(", "x = self.drop1("),
        (_FED, _FED.replace("x + ", "")),
    ],
    "no attention": [
        (
            "attended = self.attention(self.norm1(x), attention_mask=attention_mask)",
            "attended = self.norm1(x)",
        )
    ],
    "relu": [('activation="gelu"', 'activation="relu"')],
    "one norm for both": [("self.widen(self.norm2(x))", "self.widen(self.norm1(x))")],
    "both branches from the same input": [
        ("        x = x + self.drop1(attended, training=training)\n", ""),
        (
            _FED,
            _FED + " + self.drop1(attended, training=training)",
        ),
    ],
}
ATTENTION = {
    "one head": [
        ("        self.heads = heads\n", "        self.heads = heads\n        self.parts = 1\n"),
        ("d_model // self.heads))\n", "d_model // self.parts))\n"),
        ("(-1, length, self.heads,", "(-1, length, self.parts,"),
        ("(d_model // self.heads) ** 0.5", "(d_model // self.parts) ** 0.5"),
    ],
    "no scale": [("        scores = scores / (d_model // self.heads) ** 0.5\n", "")],
    "scaled by the width": [("(d_model // self.heads) ** 0.5", "d_model ** 0.5")],
    "keys for queries": [("(self.Wq, self.Wk, self.Wv))", "(self.Wk, self.Wk, self.Wv))")],
    "uniform attention": [
        (
            "scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2)))",
            "scores = 0.0 * ops.matmul(q, ops.transpose(k, (0, 1, 3, 2)))",
        )
    ],
    "heads that are not joined by Wo": [
        (
            "return ops.matmul(ops.reshape(out, (-1, length, d_model)), self.Wo)",
            "return ops.reshape(out, (-1, length, d_model))",
        )
    ],
}
_LIKELIEST = "np.argmax(logits, axis=1)"
GENERATION = {
    "draws from the softmax": [
        (_LIKELIEST, "np.argmax(logits + np.random.gumbel(size=logits.shape), axis=1)")
    ],
}
_STAGES = '    options = {"batch_size": batch_size, "verbose": 0}\n'
STAGES = {
    "both at once, twice": [
        (
            _STAGES,
            _STAGES
            + "    x, y = np.concatenate([corpus[:, :-1], x]), np.concatenate([corpus[:, 1:], y])\n"
            "    corpus, sample_weight = np.concatenate([x, y[:, -1:]], axis=1), None\n",
        ),
        ("model.fit(corpus[:, :-1], corpus[:, 1:],", "model.fit(x, y,"),
    ],
}
WRONG = [
    *table("a6_transformer", "keras_transformer.py", "generate", GENERATION),
    *table("a6_transformer", "keras_transformer.py", "pretrain_then_finetune", STAGES),
    *table("a6_transformer", "keras_transformer.py", "build_language_model", LANGUAGE_MODELS),
    *table("a6_transformer", "keras_transformer.py", "TransformerBlock", BLOCKS),
    *table("a6_transformer", "keras_transformer.py", "MultiHeadSelfAttention", ATTENTION),
]
