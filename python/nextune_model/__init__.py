"""The embedded model: conversion of its weights and the engine that serves them."""
