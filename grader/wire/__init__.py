"""All that crosses between the judge and a worker: values as bytes, within a budget."""
