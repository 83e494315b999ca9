"""What students get wrong in assignment 6's Keras block: the reference with other passages."""

from grader.course import misconception


@misconception(
    "TransformerBlock",
    hint="Does the norm stand before or behind its branch?",
    instead={
        "self.attention(self.norm1(x), attention_mask=attention_mask)": (
            "self.attention(x, attention_mask=attention_mask)"
        ),
        "x = x + self.drop1(attended, training=training)": (
            "x = self.norm1(x + self.drop1(attended, training=training))"
        ),
        "self.narrow(self.widen(self.norm2(x)))": "self.narrow(self.widen(x))",
        "return x + self.drop2(fed, training=training)": (
            "return self.norm2(x + self.drop2(fed, training=training))"
        ),
    },
)
class NormalisesAfterwards:
    """normalises behind each sum (post-norm) in place of before each branch"""


@misconception(
    "TransformerBlock",
    hint="Does the norm stand before or behind the attention?",
    instead={
        "self.attention(self.norm1(x), attention_mask=attention_mask)": (
            "self.norm1(self.attention(x, attention_mask=attention_mask))"
        ),
        "self.narrow(self.widen(self.norm2(x)))": "self.norm2(self.narrow(self.widen(x)))",
    },
)
class NormalisesTheBranches:
    """normalises what each branch gives, and not what goes into it"""


@misconception(
    "TransformerBlock",
    hint="What is it that a branch is added to?",
    instead={
        "attended = self.attention(self.norm1(x), attention_mask=attention_mask)": (
            "x = self.norm1(x)\n        attended = self.attention(x, attention_mask=attention_mask)"
        ),
        "fed = self.narrow(self.widen(self.norm2(x)))": (
            "x = self.norm2(x)\n        fed = self.narrow(self.widen(x))"
        ),
    },
)
class AddsToTheNormalised:
    """adds each branch to its normalised input, so that nothing passes by unchanged"""


@misconception(
    "TransformerBlock",
    hint="Which way past the two branches is left for x?",
    instead={
        "x = x + self.drop1(attended, training=training)": (
            "x = self.drop1(attended, training=training)"
        ),
        "return x + self.drop2(fed, training=training)": (
            "return self.drop2(fed, training=training)"
        ),
    },
)
class HasNoWayPastTheBranches:
    """leaves out both sums, so that x goes through the branches alone"""


@misconception(
    "TransformerBlock",
    hint="What is added to the output of the attention?",
    instead={
        "x = x + self.drop1(attended, training=training)": (
            "x = self.drop1(attended, training=training)"
        ),
    },
)
class HasNoWayPastTheAttention:
    """leaves out the first sum, so that x goes through the attention alone"""


@misconception(
    "TransformerBlock",
    hint="What is added to the output of the dense layers?",
    instead={
        "return x + self.drop2(fed, training=training)": (
            "return self.drop2(fed, training=training)"
        ),
    },
)
class HasNoWayPastTheDenseLayers:
    """leaves out the second sum, so that nothing passes by the dense layers"""


@misconception(
    "TransformerBlock",
    hint="What does your `call` do with `attention_mask`?",
    instead={
        ", attention_mask=attention_mask)": ")",
    },
)
class ForgetsTheMask:
    """takes attention_mask, but does not hand it to its attention"""


@misconception(
    "TransformerBlock",
    hint="Which ε does `LayerNormalization` add unless told?",
    instead={
        "norm1 = keras.layers.LayerNormalization(epsilon=1e-3": (
            "norm1 = keras.layers.LayerNormalization(epsilon=1e-6"
        ),
        "norm2 = keras.layers.LayerNormalization(epsilon=1e-3": (
            "norm2 = keras.layers.LayerNormalization(epsilon=1e-6"
        ),
    },
)
class KeepsATinyEpsilon:
    """adds an ε of 1e-6 in its norms, as other libraries do"""


@misconception(
    "TransformerBlock",
    hint="Which function stands between the two dense layers?",
    instead={
        'activation="gelu"': 'activation="relu"',
    },
)
class UsesRelu:
    """has a ReLU between its dense layers, not a gelu"""


@misconception(
    "TransformerBlock",
    hint="Where does the argument `dropout` go?",
    instead={
        "self.drop1 = keras.layers.Dropout(dropout": "self.drop1 = keras.layers.Dropout(0.0",
        "self.drop2 = keras.layers.Dropout(dropout": "self.drop2 = keras.layers.Dropout(0.0",
    },
)
class DropsOutNothing:
    """never drops anything out, whatever the rate"""
