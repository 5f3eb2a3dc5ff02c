"""LoRA fine-tuning of a Hugging Face causal language model, on a CPU or a GPU."""
