"""Supabase: clients, their keys, and Edge Functions."""
