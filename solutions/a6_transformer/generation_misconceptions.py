"""What students get wrong in the masked loss and in generation, and where a teacher would point.

Each definition replaces its exercise in a copy of the reference, so it uses that file's names.
"""

import numpy as np

from grader.course import misconception


@misconception("masked_cross_entropy", hint="By how many tokens is the sum divided?")
def divides_by_all_tokens(logits, targets, mask):
    """divides by the number of all tokens, those that do not count included"""
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    one_hot = np.arange(logits.shape[-1]) == targets[..., None]
    loss = -np.sum(np.where(one_hot & mask[..., None], log_p, 0.0)) / mask.size
    return loss, np.where(mask[..., None], np.exp(log_p) - one_hot, 0.0) / mask.size


@misconception("masked_cross_entropy", hint="Should a token of a short sequence weigh more?")
def averages_each_sequence_first(logits, targets, mask):
    """takes the mean of each sequence, and then the mean of these"""
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    one_hot = np.arange(logits.shape[-1]) == targets[..., None]
    counts = np.maximum(mask.sum(axis=1), 1)[:, None, None] * len(mask)
    loss = -np.sum(np.where(one_hot & mask[..., None], log_p / counts, 0.0))
    return loss, np.where(mask[..., None], (np.exp(log_p) - one_hot) / counts, 0.0)


@misconception("masked_cross_entropy", hint="Should a token of a short sequence weigh more?")
def averages_each_sequence_first_in_the_loss(logits, targets, mask):
    """takes the mean of each sequence and then the mean of these, though not in the gradient"""
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    one_hot = np.arange(logits.shape[-1]) == targets[..., None]
    counts = np.maximum(mask.sum(axis=1), 1)[:, None, None] * len(mask)
    loss = -np.sum(np.where(one_hot & mask[..., None], log_p / counts, 0.0))
    gradient = (np.exp(log_p) - one_hot) / max(int(mask.sum()), 1)
    return loss, np.where(mask[..., None], gradient, 0.0)


@misconception("masked_cross_entropy", hint="What is the gradient of a token that does not count?")
def forgets_to_mask_the_gradient(logits, targets, mask):
    """masks the loss, but not its gradient"""
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    one_hot = np.arange(logits.shape[-1]) == targets[..., None]
    count = max(int(mask.sum()), 1)
    loss = -np.sum(np.where(one_hot & mask[..., None], log_p, 0.0)) / count
    return loss, (np.exp(log_p) - one_hot) / count


@misconception("masked_cross_entropy", hint="The loss is a mean. What about its gradient?")
def does_not_divide_the_gradient(logits, targets, mask):
    """does not divide the gradient by the number of counted tokens"""
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    one_hot = np.arange(logits.shape[-1]) == targets[..., None]
    loss = -np.sum(np.where(one_hot & mask[..., None], log_p, 0.0)) / max(int(mask.sum()), 1)
    return loss, np.where(mask[..., None], np.exp(log_p) - one_hot, 0.0)


@misconception("masked_cross_entropy", hint="What is 0/0 here, by the contract?")
def divides_zero_by_zero(logits, targets, mask):
    """divides zero by zero when no token counts"""
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    one_hot = np.arange(logits.shape[-1]) == targets[..., None]
    loss = -np.sum(np.where(one_hot & mask[..., None], log_p, 0.0)) / np.sum(mask)
    return loss, np.where(mask[..., None], np.exp(log_p) - one_hot, 0.0) / np.sum(mask)


@misconception("masked_cross_entropy", hint="What is the logarithm of a probability of 0?")
def takes_the_log_of_the_softmax(logits, targets, mask):
    """takes the logarithm of the softmax, whose entries may be 0"""
    exponentials = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    p = exponentials / np.sum(exponentials, axis=-1, keepdims=True)
    one_hot = np.arange(logits.shape[-1]) == targets[..., None]
    count = max(int(mask.sum()), 1)
    loss = -np.sum(np.log(p[one_hot & mask[..., None]])) / count
    return loss, np.where(mask[..., None], p - one_hot, 0.0) / count


@misconception("masked_cross_entropy", hint="Which entry does the target 99 pick, and which −1?")
def indexes_with_every_target(logits, targets, mask):
    """uses every target as an index, also those that do not count"""
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    one_hot = np.eye(logits.shape[-1])[targets]
    count = max(int(mask.sum()), 1)
    dlogits = np.where(mask[..., None], np.exp(log_p) - one_hot, 0.0) / count
    return -np.sum(picked * mask) / count, dlogits


@misconception("greedy_generate", hint="What does a language model know about the text so far?")
def shows_the_last_id_only(next_logits, prompt, n_tokens, end=None):
    """hands only the last id to next_logits"""
    ids = list(prompt)
    for _ in range(n_tokens):
        ids.append(int(np.argmax(next_logits(np.array(ids[-1:])))))
        if end is not None and ids[-1] == end:
            break
    return np.array(ids)


@misconception("greedy_generate", hint="What does the result begin with?")
def returns_the_new_ids_only(next_logits, prompt, n_tokens, end=None):
    """returns the new ids without the prompt"""
    ids = list(prompt)
    for _ in range(n_tokens):
        ids.append(int(np.argmax(next_logits(np.array(ids)))))
        if end is not None and ids[-1] == end:
            break
    return np.array(ids[len(prompt) :])


@misconception("greedy_generate", hint="Is the end token part of the result?")
def drops_the_end_token(next_logits, prompt, n_tokens, end=None):
    """stops before the end token is appended"""
    ids = list(prompt)
    for _ in range(n_tokens):
        chosen = int(np.argmax(next_logits(np.array(ids))))
        if end is not None and chosen == end:
            break
        ids.append(chosen)
    return np.array(ids)


@misconception("greedy_generate", hint="When is `if end:` false?")
def takes_zero_for_no_end(next_logits, prompt, n_tokens, end=None):
    """takes an end token of 0 for none at all"""
    ids = list(prompt)
    for _ in range(n_tokens):
        ids.append(int(np.argmax(next_logits(np.array(ids)))))
        if end and ids[-1] == end:
            break
    return np.array(ids)


@misconception("greedy_generate", hint="Should an end token of the prompt end the text?")
def stops_at_the_end_of_the_prompt(next_logits, prompt, n_tokens, end=None):
    """stops as soon as an end token stands anywhere, in the prompt too"""
    ids = list(prompt)
    for _ in range(n_tokens):
        if end is not None and end in ids:
            break
        ids.append(int(np.argmax(next_logits(np.array(ids)))))
    return np.array(ids)


@misconception("greedy_generate", hint="Of equal logits, which id does your sort put last?")
def takes_the_largest_id_of_a_tie(next_logits, prompt, n_tokens, end=None):
    """lets the largest id win a tie, as the last of a sorted order"""
    ids = list(prompt)
    for _ in range(n_tokens):
        ids.append(int(np.argsort(next_logits(np.array(ids)), kind="stable")[-1]))
        if end is not None and ids[-1] == end:
            break
    return np.array(ids)


@misconception("top_k_filter", hint="How many logits are at least as large as the k-th?")
def keeps_every_tie(logits, k):
    """keeps all that are as large as the k-th, which may be more than k"""
    V = logits.shape[-1]
    if not 1 <= k <= V:
        raise ValueError(f"Expected k from 1 to {V}. Received: {k}")
    smallest = np.sort(logits, axis=-1)[..., V - k : V - k + 1]
    return np.where(logits >= smallest, logits, -np.inf)


@misconception("top_k_filter", hint="Which probability belongs to a logit of 0?")
def sets_the_rest_to_zero(logits, k):
    """sets the other logits to 0"""
    V = logits.shape[-1]
    if not 1 <= k <= V:
        raise ValueError(f"Expected k from 1 to {V}. Received: {k}")
    ranks = np.argsort(np.argsort(-logits, axis=-1, kind="stable"), axis=-1)
    return np.where(ranks < k, logits, 0.0)


@misconception("top_k_filter", hint="In which order does a sort return its entries?")
def keeps_the_smallest(logits, k):
    """keeps the k smallest"""
    V = logits.shape[-1]
    if not 1 <= k <= V:
        raise ValueError(f"Expected k from 1 to {V}. Received: {k}")
    ranks = np.argsort(np.argsort(logits, axis=-1, kind="stable"), axis=-1)
    return np.where(ranks < k, logits, -np.inf)


@misconception("top_k_filter", hint="How many logits are there to choose from?")
def takes_any_k(logits, k):
    """takes any k without a word"""
    ranks = np.argsort(np.argsort(-logits, axis=-1, kind="stable"), axis=-1)
    return np.where(ranks < k, logits, -np.inf)


@misconception("mask_tokens", hint="Is `rate` the share that is hidden, or the share that stays?")
def keeps_the_share_it_should_hide(tokens, rate, mask_id, rng):
    """hides all but the given share"""
    if not 0 <= rate <= 1:
        raise ValueError(f"Expected a rate from 0 to 1. Received: {rate}")
    hidden = rng.random(tokens.shape) >= rate
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@misconception("mask_tokens", hint="How many random numbers do you draw for each row?")
def hides_whole_sequences(tokens, rate, mask_id, rng):
    """draws one number for each sequence, so that all of it is hidden or nothing"""
    if not 0 <= rate <= 1:
        raise ValueError(f"Expected a rate from 0 to 1. Received: {rate}")
    hidden = np.broadcast_to(rng.random((len(tokens), 1)) < rate, tokens.shape)
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@misconception("mask_tokens", hint="Which positions does the model have to guess?")
def asks_for_every_token(tokens, rate, mask_id, rng):
    """asks for every token, also for those that are shown"""
    if not 0 <= rate <= 1:
        raise ValueError(f"Expected a rate from 0 to 1. Received: {rate}")
    hidden = rng.random(tokens.shape) < rate
    return np.where(hidden, mask_id, tokens), tokens.copy()


@misconception("mask_tokens", hint="How often do you draw, and do both draws agree?")
def draws_twice(tokens, rate, mask_id, rng):
    """draws anew for the targets, which then belong to other positions"""
    if not 0 <= rate <= 1:
        raise ValueError(f"Expected a rate from 0 to 1. Received: {rate}")
    inputs = np.where(rng.random(tokens.shape) < rate, mask_id, tokens)
    return inputs, np.where(rng.random(tokens.shape) < rate, tokens, -1)


@misconception("mask_tokens", hint="Where should your random numbers come from?")
def seeds_its_own_generator(tokens, rate, mask_id, rng):
    """makes a generator of its own and leaves `rng` alone"""
    if not 0 <= rate <= 1:
        raise ValueError(f"Expected a rate from 0 to 1. Received: {rate}")
    hidden = np.random.default_rng(0).random(tokens.shape) < rate
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@misconception("mask_tokens", hint="What should a rate of 1.5 lead to?")
def takes_any_rate(tokens, rate, mask_id, rng):
    """takes any rate without a word"""
    hidden = rng.random(tokens.shape) < rate
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)
